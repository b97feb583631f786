@testable import CEL
import Core

/// Makes what two evaluators differ in as small as it finds.
struct Shrinker {
    let oracle: Evaluator
    let judged: Evaluator
    /// Texts and payloads that are tried.
    private static let attemptsMax = 4_000

    func finding(_ trial: Trial, _ pair: Trial.Pair, seed: UInt64) -> Finding {
        var trial = trial
        var pair = pair
        var attempts = Self.attemptsMax
        while let smaller = smaller(trial, pair, &attempts) { trial = smaller }
        while let smaller = smaller(pair, of: trial, &attempts) { pair = smaller }
        let (expected, found) = outcomes(trial, pair)
        return Finding(
            seed: seed, number: trial.number, names: (oracle.name, judged.name),
            respect: found.difference(from: expected) ?? "nothing", original: trial.source,
            source: trial.source,
            payload: pair.payload.map { String(decoding: $0, as: UTF8.self) },
            variant: pair.variant, fuel: pair.fuel,
            outcomes: (expected.description, found.description))
    }

    private func outcomes(_ trial: Trial, _ pair: Trial.Pair) -> (Outcome, Outcome) {
        let scene = trial.scene(pair)
        return (
            oracle.prepare(trial.expression)(scene, pair.fuel),
            judged.prepare(trial.expression)(scene, pair.fuel)
        )
    }

    private func differs(_ trial: Trial, _ pair: Trial.Pair) -> Bool {
        let (expected, found) = outcomes(trial, pair)
        return found.difference(from: expected) != nil
    }

    // MARK: The expression

    private static let constants = ["0", "1", "''", "[]", "{}", "true", "false", "null"]

    /// A shorter expression with a difference; nil where none was found.
    private func smaller(
        _ trial: Trial, _ pair: Trial.Pair, _ attempts: inout Int
    ) -> Trial? {
        guard let syntax = Syntax(trial.source) else { return nil }
        if let plain = plain(trial, syntax), differs(plain, pair) { return plain }
        for (number, part) in syntax.parts.enumerated() {
            let replacements =
                part.shortened.map(\.text) + part.children.map(\.text) + Self.constants
            for replacement in replacements {
                // Written anew it may be in more parentheses, of which the root needs none.
                let text =
                    number == 0 ? replacement : syntax.text(replacing: number, by: replacement)
                guard text.utf8.count < trial.source.utf8.count,
                    let candidate = Trial(text, in: trial.setting, number: trial.number)
                else { continue }
                guard attempts > 0 else { return nil }
                attempts -= 1
                if differs(candidate, pair) { return candidate }
            }
        }
        return nil
    }

    /// The same in fewer parentheses and blanks; nil where it is no shorter.
    private func plain(_ trial: Trial, _ syntax: Syntax) -> Trial? {
        let text = syntax.text
        guard text.utf8.count < trial.source.utf8.count else { return nil }
        return Trial(text, in: trial.setting, number: trial.number)
    }

    // MARK: The payload

    /// A shorter document with a difference; nil where none was found.
    private func smaller(
        _ pair: Trial.Pair, of trial: Trial, _ attempts: inout Int
    ) -> Trial.Pair? {
        guard let payload = pair.payload, let document = try? JSONScanner.scan(payload) else {
            return nil
        }
        for candidate in [document] + document.smaller {
            let bytes = candidate.encoded()
            guard bytes.count < payload.count else { continue }
            guard attempts > 0 else { return nil }
            attempts -= 1
            let pair = Trial.Pair(payload: bytes, variant: pair.variant, fuel: pair.fuel)
            if differs(trial, pair) { return pair }
        }
        return nil
    }
}

extension JSONValue {
    /// The value with less in it, in every way of one step.
    fileprivate var smaller: [JSONValue] {
        switch self {
        case .null, .bool: return []
        case .number: return [.number(.int(0)), .null]
        case .string: return [.string("")]
        case .array(let elements):
            return elements.indices.flatMap { index -> [JSONValue] in
                var rest = elements
                let element = rest.remove(at: index)
                let changed: [JSONValue] = element.smaller.map {
                    var changed = elements
                    changed[index] = $0
                    return .array(changed)
                }
                return [.array(rest)] + changed
            }
        case .object(let object):
            return object.members.indices.flatMap { index -> [JSONValue] in
                var rest = object
                let member = rest.members.remove(at: index)
                let changed: [JSONValue] = member.value.smaller.map {
                    var changed = object
                    changed.members[index].value = $0
                    return .object(changed)
                }
                return [.object(rest)] + changed
            }
        }
    }
}
