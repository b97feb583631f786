import CEL
import Core
import Testing

/// The language's own conformance suite, which must pass completely.
struct CELConformanceTests {
    @Test(
        "both evaluators give every case of CEL's suite the value or error it asks for",
        .enabled(if: ConformanceCase.path != nil, "conformance/cel.jsonl is not at hand"))
    func suite() throws {
        let cases = try ConformanceCase.load(try #require(ConformanceCase.path))
        let evaluators = [Evaluator.tree, Evaluator.compiled()[0]]
        var passedBy = evaluators.map { _ in 0 }
        var table: [String: (passed: Int, total: Int)] = [:]
        for one in cases {
            let differences = evaluators.map { Self.difference(one, $0) }
            table[one.file, default: (0, 0)].total += 1
            if differences.allSatisfy({ $0 == nil }) {
                table[one.file, default: (0, 0)].passed += 1
            }
            for (index, difference) in differences.enumerated() {
                if let difference {
                    let name = evaluators[index].name
                    Issue.record("\(name): \(one.name): \(one.source): \(difference)")
                } else {
                    passedBy[index] += 1
                }
            }
        }
        for (file, count) in table.sorted(by: { $0.key < $1.key }) {
            let name = file + String(repeating: " ", count: max(0, 14 - file.count))
            print("\(name) \(count.passed) / \(count.total)")
        }
        for (evaluator, passed) in zip(evaluators, passedBy) {
            print("\(evaluator.name): \(passed) of \(cases.count)")
        }
        let passed = table.values.reduce(0) { $0 + $1.passed }
        print("\(passed) passed, \(cases.count - passed) failed")
    }

    /// nil when the case passes.
    private static func difference(_ one: ConformanceCase, _ evaluator: Evaluator) -> String? {
        let names = one.bindings.keys.sorted()
        let environment = Environment(
            variables: names, types: one.types, container: one.container,
            isChecked: one.isChecked)
        let value: Value
        do {
            let expression = try Expression(one.source, environment: environment)
            let scene = Scene(values: names.compactMap { one.bindings[$0] })
            value = try evaluator.prepare(expression)(scene, Limits.evaluationFuelMax).ending.get()
        } catch {
            return one.expected == nil ? nil : "\(error)"
        }
        guard let expected = one.expected else { return "\(value), not an error" }
        return isSame(value, expected) ? nil : "\(value), not \(expected)"
    }

    /// Equal in kind and value; NaN is NaN, and the order of a map's entries does not count.
    private static func isSame(_ a: Value, _ b: Value) -> Bool {
        switch (a, b) {
        case (.double(let a), .double(let b)):
            return (a.isNaN && b.isNaN) || (a == b && a.sign == b.sign)
        case (.list(let a), .list(let b)):
            return a.count == b.count && zip(a, b).allSatisfy(isSame)
        case (.map(let a), .map(let b)):
            return a.entries.count == b.entries.count
                && a.entries.allSatisfy { entry in
                    b[entry.key].map { isSame(entry.value, $0) } ?? false
                }
        case (.string(let a), .string(let b)): return Array(a.utf8) == Array(b.utf8)
        default: return a == b
        }
    }
}
