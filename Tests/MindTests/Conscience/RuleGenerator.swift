import Core
import Mind

/// Rules and messages at random: every shape that the index knows, and what it does not.
struct RuleGenerator {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    static let routes = """
        routes:
          - { name: line, topic: "t/{line}/{device}", entity: "{device}" }
          - { name: all, topic: "t/{rest...}", entity: "{rest}", record: changed }
          - name: guard
            guard:
              propose: "cmd/{device}/{verb}/proposed"
              approved: "cmd/{device}/{verb}"
              denied: "cmd/{device}/{verb}/denied"
            entity: "{device}"

        """

    private mutating func pick<T>(_ choices: [T]) -> T {
        choices[Int.random(in: choices.indices, using: &random)]
    }

    private mutating func isOne(in count: Int) -> Bool {
        Int.random(in: 0..<count, using: &random) == 0
    }

    // MARK: Rules

    /// A rule set; of rules that types or routes forbid there are none in it.
    mutating func rules(_ count: Int) -> String {
        var rules: [String] = []
        var made = 0
        while rules.count < count {
            for _ in rules.count..<count {
                made += 1
                rules.append(rule("rule-\(made)"))
            }
            let first = Self.text([]).utf8.count { $0 == UInt8(ascii: "\n") }
            do throws(RuleSetErrors) {
                _ = try loadRules(Self.text(rules))
            } catch {
                let refused = Set(error.errors.map { $0.position.line - first - 1 })
                rules = rules.indices.filter { !refused.contains($0) }.map { rules[$0] }
            }
        }
        return Self.text(rules)
    }

    private static func text(_ rules: [String]) -> String { routes + "rules:\n" + rules.joined() }

    private mutating func rule(_ name: String) -> String {
        let isGuard = isOne(in: 3)
        let condition = condition(isGuard)
        var text = "  - { name: \(name), when: \(Text.quoted(condition))"
        if condition.contains("variables.") { text += ", variables: [\(Self.variables)]" }
        if isGuard {
            text += pick([", on: guard", ", on: evaluate", ", on: [guard, evaluate]"])
            text += ", stance: \(pick(["support", "oppose", "veto"]))"
            text += ", on_error: \(pick(["deny", "ignore"])), weight: \(random.next() % 10)"
        } else {
            text += pick([
                ", on: line", ", on: all", ", on: [line, all]", ", on: line, absent: 30s",
                ", on: line, for: 2s", ", on: all, keep_firing_for: 2s",
                ", on: line, for: 1s, keep_firing_for: 3s",
            ])
            text += pick(["", "", ", mode: shadow", ", cooldown: 3s"])
        }
        return text + " }\n"
    }

    private static let variables = [
        ("flag", "payload.c"), ("deep", "payload.n"), ("hot", "payload.a > 5"),
        ("both", "variables.hot && payload.b == 'x'"), ("sum", "payload.a + 1"),
        ("wild", "payload.?a.orValue(3)"), ("some", "payload.?b"),
    ].map { "{ name: \($0.0), expression: \"\($0.1)\" }" }.joined(separator: ", ")

    private mutating func condition(_ isGuard: Bool) -> String {
        let count = pick([1, 1, 1, 2, 2, 2, 3, 4, 12])
        let terms = (0..<count).map { _ in term(isGuard) }
        switch pick([0, 0, 0, 0, 1, 2]) {
        case 1 where count > 1: return terms.joined(separator: " || ")
        case 2 where count > 2:
            return "(\(terms[0]) && \(terms[1])) && ("
                + terms[2...].joined(separator: pick([" && ", " || "])) + ")"
        default: return terms.joined(separator: " && ")
        }
    }

    private mutating func term(_ isGuard: Bool) -> String {
        var term: String
        switch Int.random(in: 0..<16, using: &random) {
        case 0, 1, 2: term = "\(field()) \(pick(["<", "<=", ">", ">=", ">", "<"])) \(number())"
        case 3: term = "\(number()) \(pick(["<", "<=", ">", ">=", "=="])) \(field())"
        case 4, 5:
            let right = constant()
            let relation = pick(["==", "==", "==", "!=", right == "null" ? "==" : "<"])
            term = "\(field()) \(relation) \(right)"
        case 6:
            let list = (0..<Int.random(in: 0..<5, using: &random)).map { _ in constant() }
            term = "\(field()) in [\(list.joined(separator: ", "))]"
        case 7: term = "\(field()).startsWith(\(pick(Self.texts)))"
        case 8: term = "has(\(pick(Self.selections)))"
        case 9:
            term = pick(["'a' in payload", "'x' in payload.n", "'b' in payload", "'n' in payload"])
        case 10: term = field()
        case 11:
            let path = field()
            term = "(\(path) == \(constant()) || \(path) == \(constant()))"
        case 12: term = pick(Self.everyMessage)
        case 13: term = pick(Self.variableTerms)
        case 14: term = pick(Self.others)
        default: term = isGuard ? pick(Self.others) : pick(Self.remembering + Self.others)
        }
        return isOne(in: 6) ? "!(\(term))" : term
    }

    private mutating func field() -> String {
        pick(Self.fields + ["payload.a", "payload.b", "payload.n.x", "payload.a"])
    }

    private static let selections = [
        "payload.a", "payload.b", "payload.n", "payload.n.x", "payload.n.m.z", "payload.missing",
        "params.device", "device.last.a", "event.seq",
    ]

    private static let fields = [
        "payload.a", "payload.b", "payload.c", "payload.n.x", "payload.n.y", "payload.n.m.z",
        "payload['é']", "payload['e\u{301}']", "payload['quote\\\"d']", "payload",
        "payload.missing",
        "payload['n'].x", "payload.n", "variables.deep.x", "variables.flag", "variables.some",
    ]

    private static let everyMessage = [
        "params.device == 'd1'", "params.device in ['d1', 'd2', 'd2']", "device.id == 'd2'",
        "entity.id in ['d1']", "topic == 't/1/d1'", "topic.startsWith('t/1')", "topic > 'm'",
        "params.line.startsWith('1')", "params.line == '2'", "params.nothing == 'x'",
        "params.device", "topic.x == 1", "params.device == 3", "params['device'] == 'd1'",
        "device.id.startsWith('d')", "params.device == 'd1' || params.device == 'd3'",
        "has(params.line)", "'line' in params", "device.trust > 0.2", "params.verb == 'start'",
    ]

    private static let variableTerms = [
        "variables.flag", "!variables.flag", "variables.hot", "!variables.hot", "variables.both",
        "!variables.both", "variables.sum > 4", "variables.wild < 9", "variables.deep.x > 1",
        "has(variables.deep.x)", "variables.some.orValue(2) > 1", "has(variables.some.x)",
    ]

    private static let others = [
        "size(payload) > 2", "payload.a + payload.b > 3", "payload.a > payload.b",
        "payload.?a.orValue(1) > 0", "payload.list.exists(i, i > 3)", "payload.b.matches('x+')",
        "payload.a > 1 ? payload.c : payload.b == 'x'", "true", "false", "1 / 0 > 1",
        "payload.list.all(i, i < payload.a)", "cel.bind(x, payload.a, x > 1)", "payload.b > 'm'",
        "payload.a == payload.b", "device.last.a > 3", "has(device.previous.a)",
        "payload.list[0] > 1",
        "[payload.a, 1] == [1, 1]", "size(payload.b) == 1", "payload.a in payload.list",
        "-payload.a < 3", "string(payload.a) == '10'", "dyn('x')",
        "payload.c && (payload.a > 5 || payload.c)",
        "payload.a > 1 || payload.b == 'x'", "has(payload.a) ? payload.a > 3 : false",
        "payload.n.x + payload.n.y > 2", "payload.a == b'x'", "payload.a > true",
        "payload.a == [1]",
        "event.qos == 1", "device.trust > payload.a",
    ]

    private static let remembering = [
        "over.count(payload.a, '5s') > 1", "over.avg(payload.a, '5s') > 4.0", "changed(payload.b)",
        "over.max(payload.n.x, '3s') >= 2",
    ]

    private static let texts = [
        "'x'", "''", "'xy'", "'é'", "'e\u{301}'", "'t/'", "'d'", "'y'", "'\\n'", "'e'",
    ]

    private static let numbers = [
        "10", "10.0", "10u", "9.999999999999998", "10.000000000000002", "0", "-0.0", "-3", "-3.5",
        "9007199254740991", "9007199254740992", "9007199254740993", "9007199254740992.0",
        "-9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808.0",
        "18446744073709551615u", "1e300", "-1e300", "5e-324", "2", "1", "3",
    ]

    private mutating func number() -> String { pick(Self.numbers) }

    private mutating func constant() -> String {
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1, 2: return number()
        case 3: return pick(["true", "false", "null"])
        default: return pick(Self.texts)
        }
    }

    // MARK: Messages

    mutating func message() -> Message {
        let device = pick(["d1", "d2", "d3"])
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1:
            return Message(
                topic: "cmd/\(device)/\(pick(["start", "stop"]))/proposed", payload: proposal(),
                qos: .atLeastOnce, retain: isOne(in: 30))
        case 2: return Message(topic: MindUnderTest.evaluate, payload: request())
        default:
            return Message(
                topic: "t/\(pick(["1", "2"]))/\(device)", payload: Array(payload().utf8),
                qos: pick([.atMostOnce, .atLeastOnce]))
        }
    }

    private mutating func proposal() -> [UInt8] { Array(payload().utf8) }

    private mutating func request() -> [UInt8] {
        let body = payload()
        let text =
            isOne(in: 2)
            ? "{\"message_id\":\"1\",\"a\":\(value()),\"payload\":\(body)}" : body
        return Array(text.utf8)
    }

    private mutating func payload() -> String {
        if isOne(in: 40) { return pick(["{", "", "{\"a\":1,\"a\":2}"]) }
        return isOne(in: 12) ? value() : object(Self.names, depth: 0)
    }

    private mutating func object(_ names: [String], depth: Int) -> String {
        var members: [String] = []
        for name in names where !isOne(in: 3) { members.append("\(name):\(value(depth))") }
        members.shuffle(using: &random)
        return "{" + members.joined(separator: ",") + "}"
    }

    private static let names = [
        "\"a\"", "\"b\"", "\"c\"", "\"n\"", "\"list\"", "\"\\u00e9\"", "\"e\u{301}\"",
        "\"quote\\\"d\"", "\"other\"", "\"entity\"",
    ]

    private mutating func value(_ depth: Int = 0) -> String {
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1, 2, 3: return pick(Self.jsonNumbers)
        case 4, 5: return pick(Self.jsonTexts)
        case 6: return pick(["true", "false", "true", "null"])
        case 7: return pick(["[]", "[1,2]", "[\"x\",\"a\"]", "[4,{\"x\":1}]", "[[1]]"])
        default:
            let names = depth == 0 ? ["\"x\"", "\"y\"", "\"m\""] : ["\"z\"", "\"\\u0078\""]
            return depth > 1 ? "{}" : object(names, depth: depth + 1)
        }
    }

    private static let jsonNumbers = [
        "10", "10.0", "1e1", "9.999999999999998", "10.000000000000002", "11", "0", "-0.0", "-3",
        "-3.0000000000000004", "-3.5", "9007199254740991", "9007199254740992", "9007199254740993",
        "9007199254740994", "-9007199254740993", "-9007199254740992", "9223372036854775807",
        "9223372036854775806", "-9223372036854775808", "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616", "1e300", "-1e300", "5e-324", "1.7976931348623157e308", "2", "1",
        "3",
        "4.5",
    ]

    private static let jsonTexts = [
        "\"x\"", "\"\"", "\"xy\"", "\"xyz\"", "\"\\u0078\"", "\"é\"", "\"\\u00e9\"", "\"e\\u0301\"",
        "\"e\u{301}\"", "\"y\"", "\"10\"", "\"\\n\"", "\"t/1\"", "\"d1\"",
    ]
}
