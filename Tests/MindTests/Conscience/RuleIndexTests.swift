import CEL
import Core
import Testing

@testable import Mind

@Suite("An index over rules")
struct RuleIndexTests {
    private static let route = """
        routes:
          - { name: r, topic: "t/{line}/{device}", entity: "{device}" }
          - name: g
            guard: { propose: "cmd/{device}", approved: "do/{device}", denied: "no/{device}" }
            entity: "{device}"
        rules:

        """

    /// The index over rules with these conditions.
    private struct Indexed {
        var index: RuleIndex
        var reported: [Bool]

        init(_ conditions: [String], more: String = "") throws {
            let rules = conditions.enumerated().map { number, condition in
                "  - { name: rule-\(number), on: r\(more), when: \(Text.quoted(condition)) }\n"
            }
            let mind = try MindUnderTest(RuleIndexTests.route + rules.joined()).mind
            index = mind.indices[0]
            reported = mind.reportedRules
        }

        /// The rules that are asked; those that fail were told of before.
        mutating func asked(
            _ payload: String, topic: String = "t/1/press-7"
        ) throws -> [Int] {
            let message = Message(topic: topic, payload: Array(payload.utf8))
            let levels = topic.split(separator: "/").map(String.init)
            let match = Router.Match(
                route: 0, captures: [levels[1], levels[2]], entity: levels[2], place: nil)
            let document = try JSONDocument(message.payload)
            index.look(
                at: IndexedMessage(document, message, match, entity: levels[2]),
                reported: reported)
            return index.asked
        }

        /// The same once every rule has been told of, and how many failures are counted.
        mutating func settled(
            _ payload: String, topic: String = "t/1/press-7"
        ) throws -> (asked: [Int], failures: Int) {
            reported = reported.map { _ in true }
            // The first message with such a payload finds out.
            _ = try asked(payload, topic: topic)
            return (try asked(payload, topic: topic), index.failures)
        }
    }

    /// Asks one rule about payloads.
    private static func expect(
        _ condition: String, asked: [String], passedOver: [String], fails: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var indexed = try Indexed([condition])
        for payload in asked {
            #expect(
                try indexed.asked(payload) == [0], "\(payload)", sourceLocation: sourceLocation)
        }
        for payload in passedOver {
            #expect(try indexed.asked(payload) == [], "\(payload)", sourceLocation: sourceLocation)
        }
        for payload in fails {
            #expect(
                try indexed.asked(payload) == [0], "\(payload)", sourceLocation: sourceLocation)
        }
        for payload in fails {
            let found = try indexed.settled(payload)
            #expect(
                found.asked == [] && found.failures == 1, "\(payload)",
                sourceLocation: sourceLocation)
        }
        for payload in passedOver {
            let found = try indexed.settled(payload)
            #expect(
                found.asked == [] && found.failures == 0, "\(payload)",
                sourceLocation: sourceLocation)
        }
        for payload in asked {
            let found = try indexed.settled(payload)
            #expect(
                found.asked == [0] && found.failures == 0, "\(payload)",
                sourceLocation: sourceLocation)
        }
    }

    // MARK: What is looked at

    @Test("a threshold is met exactly, whatever kind of number it is")
    func thresholds() throws {
        let others = [#"{"a":"x"}"#, "{}", #"{"a":true}"#, #"{"a":null}"#, "3", #"{"a":[1]}"#]
        try Self.expect(
            "payload.a > 10", asked: [#"{"a":10.000000000000002}"#, #"{"a":11}"#],
            passedOver: [#"{"a":10}"#, #"{"a":10.0}"#, #"{"a":-3}"#], fails: others)
        try Self.expect(
            "payload.a <= 10u", asked: [#"{"a":10}"#, #"{"a":-1e300}"#],
            passedOver: [#"{"a":10.000000000000002}"#, #"{"a":9007199254740993}"#], fails: others)
        try Self.expect(
            "-0.5 > payload.a", asked: [#"{"a":-0.5000000000000001}"#], passedOver: [#"{"a":-0.5}"#])
        // Beyond 2^53 integers share their doubles: the rule has the last word.
        try Self.expect(
            "payload.a > 9007199254740993", asked: [#"{"a":9007199254740994}"#],
            passedOver: [#"{"a":9007199254740990}"#])
        try Self.expect("!(payload.a > 10)", asked: [#"{"a":10}"#], passedOver: [#"{"a":11}"#])
    }

    @Test("equality with texts, numbers, truth values and null; other kinds are not equal")
    func equalities() throws {
        try Self.expect(
            "payload.a == 'é'", asked: ["{\"a\":\"é\"}", #"{"a":"\u00e9"}"#],
            passedOver: ["{\"a\":\"e\u{301}\"}", #"{"a":"x"}"#, #"{"a":1}"#, #"{"a":[]}"#,
                #"{"a":{"b":1}}"#, #"{"a":null}"#], fails: ["{}", "[1]"])
        try Self.expect(
            "payload.a == 5", asked: [#"{"a":5}"#, #"{"a":5.0}"#, #"{"a":50e-1}"#],
            passedOver: [#"{"a":5.000000000000001}"#, #"{"a":"5"}"#, #"{"a":true}"#], fails: ["{}"])
        try Self.expect(
            "payload.a == true", asked: [#"{"a":true}"#],
            passedOver: [#"{"a":false}"#, #"{"a":1}"#, #"{"a":"true"}"#], fails: ["{}"])
        try Self.expect(
            "payload.a == null", asked: [#"{"a":null}"#], passedOver: [#"{"a":0}"#], fails: ["{}"])
        try Self.expect(
            "payload.a in ['x', 3, false]", asked: [#"{"a":"x"}"#, #"{"a":3.0}"#, #"{"a":false}"#],
            passedOver: [#"{"a":"y"}"#, #"{"a":2}"#, #"{"a":true}"#, #"{"a":["x"]}"#],
            fails: ["{}"])
        try Self.expect(
            "payload.a == 'x' || payload.a == 'y'", asked: [#"{"a":"y"}"#],
            passedOver: [#"{"a":"z"}"#], fails: ["{}"])
    }

    @Test("a truth value by itself, and its negation")
    func truths() throws {
        let others = ["{}", #"{"a":1}"#, #"{"a":"true"}"#, "true"]
        try Self.expect(
            "payload.a", asked: [#"{"a":true}"#], passedOver: [#"{"a":false}"#], fails: others)
        try Self.expect(
            "!payload.a", asked: [#"{"a":false}"#], passedOver: [#"{"a":true}"#], fails: others)
    }

    @Test("how a text begins")
    func beginnings() throws {
        try Self.expect(
            "payload.a.startsWith('ab')", asked: [#"{"a":"ab"}"#, #"{"a":"abc"}"#],
            passedOver: [#"{"a":"a"}"#, #"{"a":"b"}"#, #"{"a":""}"#, #"{"a":"aab"}"#],
            fails: ["{}", #"{"a":1}"#])
        var indexed = try Indexed(
            ["", "a", "ab", "abc", "b", "abd"].map { "payload.a.startsWith('\($0)')" })
        #expect(try indexed.asked(#"{"a":"abcd"}"#) == [0, 1, 2, 3])
        #expect(try indexed.asked(#"{"a":"abd"}"#) == [0, 1, 2, 5])
        #expect(try indexed.asked(#"{"a":"b"}"#) == [0, 4])
        #expect(try indexed.asked(#"{"a":"c"}"#) == [0])
    }

    @Test("presence: what should have the field must be a map")
    func presence() throws {
        try Self.expect(
            "has(payload.a)", asked: [#"{"a":null}"#], passedOver: ["{}", #"{"b":1}"#],
            fails: ["1", "[]", "null"])
        try Self.expect(
            "!has(payload.a)", asked: ["{}"], passedOver: [#"{"a":1}"#], fails: ["1"])
        try Self.expect(
            "has(payload.m.a)", asked: [#"{"m":{"a":1}}"#], passedOver: [#"{"m":{}}"#],
            fails: ["{}", #"{"m":1}"#, #"{"m":["a"]}"#])
        try Self.expect(
            "'a' in payload.m", asked: [#"{"m":{"a":1}}"#, #"{"m":["a"]}"#, #"{"m":[]}"#],
            passedOver: [#"{"m":{}}"#], fails: ["{}", #"{"m":1}"#, #"{"m":"a"}"#])
    }

    @Test("a field that is asked for before it is used costs nothing where it is missing")
    func guarded() throws {
        try Self.expect(
            "has(payload.a) && payload.a > 3", asked: [#"{"a":4}"#],
            passedOver: ["{}", #"{"a":3}"#, #"{"b":4}"#], fails: [#"{"a":"x"}"#, "7"])
        try Self.expect(
            "'m' in payload && has(payload.m.a) && payload.m.a == 'x'",
            asked: [#"{"m":{"a":"x"}}"#], passedOver: ["{}", #"{"m":{}}"#, #"{"m":{"a":"y"}}"#])
    }

    @Test("fields of fields, by whatever names")
    func nested() throws {
        try Self.expect(
            "payload.motor['temp °C'].now > 80", asked: [#"{"motor":{"temp °C":{"now":81}}}"#],
            passedOver: [#"{"motor":{"temp \u00b0C":{"now":80}}}"#],
            fails: [#"{"motor":{"now":81}}"#, #"{"motor":81}"#, "{}", "81"])
    }

    @Test("the payload itself")
    func bare() throws {
        try Self.expect(
            "payload > 30.5", asked: ["31"], passedOver: ["30", "30.5"], fails: ["{}", "\"x\""])
        try Self.expect("payload == 'on'", asked: ["\"on\""], passedOver: ["\"off\"", "1", "{}"])
    }

    @Test("topic, captures and the entity, of which every message has one")
    func everyMessage() throws {
        var indexed = try Indexed([
            "params.device == 'press-7' && payload.a > 1", "params.device == 'press-8'",
            "device.id in ['press-8', 'press-9']", "entity.id == 'press-7' && params.line == '1'",
            "topic.startsWith('t/2/')", "topic == 't/1/press-7' && has(payload.a)",
            "params.device.startsWith('press-')", "params.nothing == 'x' && payload.a > 1",
        ])
        #expect(try indexed.asked(#"{"a":2}"#) == [0, 3, 5, 6, 7])
        #expect(try indexed.asked(#"{"a":1}"#) == [3, 5, 6])
        #expect(try indexed.asked("{}", topic: "t/2/press-8") == [1, 2, 4, 6, 7])
        #expect(try indexed.asked("{}", topic: "t/2/x") == [4, 7])
    }

    @Test("variables stand for what they are")
    func variables() throws {
        let variables = """
            , variables: [{ name: temp, expression: payload.motor.temp },
            { name: hot, expression: "variables.temp > 80.0" },
            { name: both, expression: "variables.hot && payload.on" },
            { name: sum, expression: "payload.a + payload.b" }]
            """
        var indexed = try Indexed(
            [
                "variables.hot && payload.mode == 'run'", "variables.temp < 10", "!variables.hot",
                "variables.both", "variables.sum > 3", "!variables.both",
            ], more: variables)
        #expect(
            try indexed.asked(#"{"motor":{"temp":81},"mode":"run","on":false,"a":1,"b":2}"#)
                == [0, 4, 5])
        #expect(
            try indexed.asked(#"{"motor":{"temp":5},"mode":"run","on":true,"a":1,"b":2}"#)
                == [1, 2, 4, 5])
        let found = try indexed.settled(#"{"mode":"run","on":true,"a":1}"#)
        // The last one is not known to fail: what is negated has two terms.
        #expect(found.asked == [5] && found.failures == 5)
    }

    // MARK: Several terms

    @Test("every term that is known is looked at, whichever is the first")
    func conjunctions() throws {
        var indexed = try Indexed([
            "payload.mode == 'run' && payload.temp > 80", "payload.temp > 80 && payload.mode == 'run'",
            "payload.mode == 'stop' && payload.temp > 80", "payload.temp > 80 && payload.temp < 90",
            "payload.temp > 80 && size(payload) > 5", "payload.mode == 'run' && payload.rpm > 5",
        ])
        #expect(try indexed.asked(#"{"mode":"run","temp":85,"rpm":1}"#) == [0, 1, 3, 4])
        #expect(try indexed.asked(#"{"mode":"stop","temp":95,"rpm":9}"#) == [2, 4])
        #expect(try indexed.asked(#"{"mode":"run","temp":70,"rpm":9}"#) == [5])
    }

    @Test("a term that fails leaves the others to be false; else the failure is counted")
    func failures() throws {
        try Self.expect(
            "payload.a > 3 && payload.b == 'x'", asked: [#"{"a":4,"b":"x"}"#],
            passedOver: [#"{"b":"y"}"#, #"{"a":1}"#, #"{"a":"x","b":"y"}"#],
            fails: ["{}", #"{"b":"x"}"#, #"{"a":4}"#, #"{"a":"4","b":"x"}"#, "3"])
        // Of the sum it is known what it needs, and no more.
        try Self.expect(
            "payload.a > 3 && payload.b + payload.c > 5",
            asked: [#"{"a":4,"b":1,"c":1}"#, #"{"b":1,"c":1}"#],
            passedOver: [#"{"a":1}"#, #"{"a":1,"b":"x","c":2}"#],
            fails: ["{}", #"{"a":4}"#, #"{"a":4,"b":1}"#])
        try Self.expect("payload.b + payload.c > 5", asked: [#"{"b":1,"c":1}"#],
            passedOver: [], fails: ["{}", #"{"b":1}"#])
        try Self.expect("payload.a > 3 && 1 / 0 > 1", asked: [#"{"a":4}"#, "{}"],
            passedOver: [#"{"a":1}"#])
    }

    @Test("a rule that has not been told of is asked, though it fails")
    func tellingOnce() throws {
        var indexed = try Indexed(["payload.a > 1", "payload.a > 2", "payload.b > 1"])
        #expect(try indexed.asked("{}") == [0, 1, 2])
        indexed.reported[1] = true
        #expect(try indexed.asked("{}") == [0, 2] && indexed.index.failures == 1)
        indexed.reported[0] = true
        #expect(try indexed.asked("{}") == [2] && indexed.index.failures == 2)
        #expect(try indexed.asked(#"{"a":5}"#) == [0, 1, 2] && indexed.index.failures == 0)
        indexed.reported[2] = true
        #expect(try indexed.asked("{}") == [] && indexed.index.failures == 3)
        #expect(try indexed.asked(#"{"a":5}"#) == [0, 1] && indexed.index.failures == 1)
        #expect(try indexed.asked(#"{"a":2,"b":0}"#) == [0] && indexed.index.failures == 0)
        #expect(try indexed.asked("17") == [] && indexed.index.failures == 3)
    }

    // MARK: Bounds

    @Test("a term behind one that may use up the fuel is no reason to pass over a rule")
    func fuel() throws {
        let cubic = "payload.l.all(x, payload.l.all(y, payload.l.all(z, x + y + z < 9)))"
        var indexed = try Indexed(["\(cubic) && payload.a > 1", "payload.a > 1 && \(cubic)"])
        let list = Array(repeating: "1", count: 128).joined(separator: ",")
        #expect(try indexed.asked("{\"a\":0,\"l\":[\(list)]}") == [0])
        let rules = "  - { name: heavy, on: r, when: \(Text.quoted(cubic + " && payload.a > 1")) }\n"
        var mind = try MindUnderTest(Self.route + rules)
        #expect(mind.hear("t/1/a", "{\"a\":0,\"l\":[\(list)]}").ruleFailures == 1)
        #expect(mind.hear("t/1/a", "{\"a\":0,\"l\":[1]}").ruleFailures == 0)
    }

    @Test("about a very large payload every rule is asked")
    func largePayload() throws {
        var indexed = try Indexed(["payload.a > 1", "payload.b == 'x'"])
        let filler = String(repeating: "x", count: Limits.indexedPayloadBytesMax)
        #expect(try indexed.asked(#"{"a":0,"b":"y"}"#) == [])
        #expect(try indexed.asked("{\"a\":0,\"b\":\"\(filler)\"}") == [0, 1])
    }

    @Test("a condition of more terms than are looked at is judged all the same")
    func manyTerms() throws {
        let terms = (0..<30).map { "payload.f\($0) > \($0)" }.joined(separator: " && ")
        var indexed = try Indexed([terms])
        // The last one is not looked at, and false: so the rule does not fail.
        let last = "payload.f0 > 0 && \(terms) && has(payload.z)"
        var mind = try MindUnderTest(
            Self.route + "  - { name: last, on: r, when: \(Text.quoted(last)) }\n")
        for _ in 0..<3 { #expect(mind.hear("t/1/a", "{}").ruleFailures == 0) }
        let members = (0..<30).map { "\"f\($0)\":\($0 + 1)" }
        #expect(try indexed.asked("{\(members.joined(separator: ","))}") == [0])
        #expect(try indexed.asked("{\"f29\":0,\(members.dropLast().joined(separator: ","))}") == [0])
        #expect(try indexed.asked("{\(members.dropFirst().joined(separator: ",")),\"f0\":0}") == [])
    }

    @Test("variables that double each other do not double the index")
    func doublingVariables() throws {
        let variables = (0..<60).map { number in
            let before = number == 0 ? "payload.on" : "variables.v\(number - 1)"
            return "{ name: v\(number), expression: '\(before) && \(before)' }"
        }
        var indexed = try Indexed(
            ["variables.v59 && payload.a > 1"],
            more: ", variables: [\(variables.joined(separator: ", "))]")
        #expect(try indexed.asked(#"{"on":true,"a":2}"#) == [0])
        #expect(try indexed.asked(#"{"on":true,"a":1}"#) == [])
    }

    @Test("many fields are found by their names, escaped or not, each its own rules")
    func manyFields() throws {
        var indexed = try Indexed((0..<20).map { "payload.f\($0) >= \($0)" })
        let members = (0..<20).map { "\"f\($0)\":\($0 % 3 == 0 ? $0 : -1)" }
        let document = "{\"x\":{\"f1\":99}," + members.joined(separator: ",") + "}"
        for text in [document, document.replacing("\"f3\"", with: "\"\\u00663\"")] {
            #expect(try indexed.asked(text) == (0..<20).filter { $0 % 3 == 0 })
        }
    }

    // MARK: Scale

    @Test("10,000 rules of which 1 in 100 matches: no other one is asked")
    func scale() throws {
        let forms: [(Int) -> String] = [
            { "payload.temp > \($0)" }, { "payload.mode == 'm\($0)' && payload.temp > 10" },
            { "params.device == 'd\($0)' && payload.temp > 10" },
            { "payload.temp > 10 && payload.rpm < \($0)" },
            { "has(payload.x\($0)) && payload.x\($0) > 1" }, { "payload.code in [\($0), \($0 + 1)]" },
            { "payload.name.startsWith('n\($0)/')" }, { "payload.motor.load >= \($0) && payload.on" },
            { "payload.y\($0) > 3" }, { "payload.y\($0) > 3 && payload.mode == 'm\($0)'" },
        ]
        var indexed = try Indexed((0..<10_000).map { forms[$0 % 10]($0) })
        let payload = #"""
            {"temp":401,"mode":"m401","rpm":9400,"code":405,"name":"n406/a","on":true,
            "motor":{"load":407}}
            """#
        let found = try indexed.settled(payload, topic: "t/1/d402")
        var expected = (0..<10_000).filter { number in
            switch number % 10 {
            case 0: return number < 401
            case 3: return number > 9400
            case 7: return number <= 407
            default: return [401, 402, 405, 406].contains(number)
            }
        }
        #expect(found.asked == expected)
        #expect(found.asked.count < 200)
        // Fields that no device has: those of one term, and of two where the mode is theirs.
        #expect(found.failures == 1_000)
        expected = [402]
        #expect(try indexed.asked(#"{"temp":20}"#, topic: "t/1/d402").contains(402))
    }

    @Test("a proposal is not brought before rules that are false for sure; failures are")
    func proposals() throws {
        let rules = (0..<100).map { number in
            "  - { name: g\(number), on: g, stance: oppose, "
                + "when: 'payload.rpm > \(number) && payload.kind == \"k\"' }\n"
        }
        var mind = try MindUnderTest(Self.route + rules.joined())
        let verdict = try #require(mind.hear("cmd/a", #"{"rpm":5,"kind":"k"}"#).documents.first)
        #expect(verdict["applied_rules"]?.array?.count == 5)
        #expect(mind.mind.indices[1].asked == Array(0..<5))
        let unfit = try #require(mind.hear("cmd/a", #"{"kind":"k"}"#).documents.first)
        #expect(unfit.errorCodes.count == 100)
        #expect(mind.hear("cmd/a", #"{"kind":"x"}"#).ruleFailures == 0)
        #expect(mind.mind.indices[1].asked == [])
    }

    @Test("requests in an envelope are looked at without it")
    func envelopes() throws {
        let rules = """
              - { name: g, on: evaluate, stance: veto, when: payload.rpm > 5 }
            """
        var mind = try MindUnderTest(Self.route + rules)
        let wrapped = #"{"message_id":"1","rpm":1,"payload":{"rpm":9,"action":"x"}}"#
        let verdict = try #require(mind.hear(MindUnderTest.evaluate, wrapped).documents.first)
        #expect(verdict["approved"]?.bool == false)
        let low = wrapped.replacing("\"rpm\":9", with: "\"rpm\":5")
        let other = try #require(mind.hear(MindUnderTest.evaluate, low).documents.first)
        #expect(other["approved"]?.bool == true || other["applied_rules"]?.array?.isEmpty == true)
    }
}

/// Texts of rule files.
enum Text {
    /// In double quotes, as YAML and JSON read it.
    static func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).encoded(), as: UTF8.self)
    }
}
