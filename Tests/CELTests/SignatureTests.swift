import CEL
import Testing

/// The checker and the functions agree on what goes together: with arguments of known types, what
/// loads has no mismatch of types when it runs, and what is refused has nothing else.
struct SignatureTests {
    /// One literal of every type.
    private static let samples = [
        "1", "1u", "1.5", "'1'", "b'1'", "true", "null", "[1]", "['a']", "{'a': 1}",
        "[optional.of(1)]", "timestamp(0)", "duration('1s')", "int", "optional.of(1)",
        "ip('::1')", "cidr('::/0')",
    ]

    /// Enough of them where there are many arguments.
    private static let few = ["1", "1u", "'1'", "null", "[1]", "optional.of(1)"]

    private static func rows(of count: Int) -> [[String]] {
        let samples = count > 2 ? few : samples
        var rows: [[String]] = [[]]
        for _ in 0..<count { rows = rows.flatMap { row in samples.map { row + [$0] } } }
        return rows
    }

    private static func difference(_ source: String) -> String? {
        let found = issues(source)
        if let other = found.first(where: { $0.kind != .typeMismatch && $0.kind != .badConstant }) {
            return "\(source): \(other)"
        }
        if found.first?.kind == .badConstant { return nil }
        let isMismatch: Bool
        do {
            guard let error = try failure(source) else {
                return found.isEmpty ? nil : "\(source): refused, but has a value"
            }
            if case .noOverload = error.reason { isMismatch = true } else { isMismatch = false }
        } catch {
            return "\(source): \(error)"
        }
        if isMismatch == found.isEmpty {
            return "\(source): \(found.isEmpty ? "loads" : "refused"), but mismatch \(isMismatch)"
        }
        return nil
    }

    @Test("functions take the types that their signatures say, and no others")
    func functions() {
        var count = 0
        for function in FunctionTable.standard.all where !function.signatures.isEmpty {
            for row in Self.rows(of: function.argumentCount) {
                let arguments = function.isMethod ? Array(row.dropFirst()) : row
                let target = function.isMethod ? "(\(row[0]))." : ""
                let source = "\(target)\(function.name)(\(arguments.joined(separator: ", ")))"
                if let difference = Self.difference(source) { Issue.record("\(difference)") }
                count += 1
            }
        }
        #expect(count > 10_000)
    }

    @Test("operators take the types that their signatures say, and no others")
    func operators() {
        for operation in ["+", "-", "*", "/", "%", "<", "<=", ">", ">="] {
            for row in Self.rows(of: 2) {
                let source = "\(row[0]) \(operation) \(row[1])"
                // The one exception: lists of other types could be joined, but are not meant to.
                let isListOfOthers = operation == "+" && row.allSatisfy { $0.hasPrefix("[") }
                if !isListOfOthers, let difference = Self.difference(source) {
                    Issue.record("\(difference)")
                }
            }
        }
        for sample in Self.samples {
            for source in ["-(\(sample))", "!(\(sample))", "(\(sample)) ? 1 : 2"] {
                if let difference = Self.difference(source) { Issue.record("\(difference)") }
            }
        }
    }

    @Test("every function of the standard table says what it takes")
    func complete() {
        for function in FunctionTable.standard.all {
            #expect(!function.signatures.isEmpty, "\(function.name)")
            for signature in function.signatures {
                #expect(signature.parameters.count == function.argumentCount, "\(function.name)")
            }
        }
    }
}
