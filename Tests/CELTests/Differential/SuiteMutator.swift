@testable import CEL

/// Makes new expressions of those of the conformance suite.
struct SuiteMutator {
    private let cases: [(syntax: Syntax, setting: Trial.Setting)]

    /// nil where there are none.
    init?(_ suite: [ConformanceCase]) {
        cases = suite.compactMap { one in
            guard one.source.utf8.count <= 2_000, let syntax = Syntax(one.source) else {
                return nil
            }
            let names = one.bindings.keys.sorted()
            let setting = Trial.Setting(
                names: names, values: names.compactMap { one.bindings[$0] }, types: one.types,
                container: one.container)
            return (syntax, setting)
        }
        if cases.isEmpty { return nil }
    }

    func mutation(_ generator: inout ExpressionGenerator) -> (String, Trial.Setting) {
        let one = generator.random.pick(cases)
        var syntax = one.syntax
        for _ in 0..<generator.random.below(3) {
            let changed = exchange(in: syntax, &generator)
            syntax = Syntax(changed) ?? syntax
        }
        return (wrapped(syntax.text, &generator), one.setting)
    }

    /// Another text for one part.
    private func exchange(
        in syntax: Syntax, _ generator: inout ExpressionGenerator
    ) -> String {
        let parts = syntax.parts
        let number = generator.random.below(parts.count)
        if case .literal(let value) = parts[number].kind, generator.random.chance(60) {
            let constant = generator.constant(.simple(value.kind))
            return syntax.text(replacing: number, by: constant.text)
        }
        let replacement: String
        switch generator.random.below(4) {
        case 0:
            let other = generator.random.pick(cases).syntax
            replacement = generator.random.pick(other.parts).text
        case 1: replacement = generator.random.pick(parts).text
        default:
            let type = generator.anyType(depth: 1)
            replacement = generator.part(type).text
        }
        return syntax.text(replacing: number, by: replacement)
    }

    /// The whole as a part of something.
    private func wrapped(_ text: String, _ generator: inout ExpressionGenerator) -> String {
        switch generator.random.below(16) {
        case 0: "[\(text), \(text)]"
        case 1: "(\(text)) == (\(text))"
        case 2: "payload.ok || (\(text))"
        case 3: "payload.ok ? (\(text)) : \(text)"
        case 4: "[1, payload.temp].map(x, \(text))"
        case 5: "cel.bind(t, \(text), [t, t])"
        case 6: "payload.values.map(x, \(text))"
        case 7: "optional.of(\(text)).orValue(\(text))"
        default: text
        }
    }
}
