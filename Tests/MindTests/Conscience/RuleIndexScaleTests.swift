import Core
import Testing

@testable import Mind

@Suite("An index over many rules and terms")
struct RuleIndexScaleTests {
    @Test("every term that is known is looked at, whichever is the first")
    func conjunctions() throws {
        var indexed = try IndexedRules([
            "payload.mode == 'run' && payload.temp > 80",
            "payload.temp > 80 && payload.mode == 'run'",
            "payload.mode == 'stop' && payload.temp > 80", "payload.temp > 80 && payload.temp < 90",
            "payload.temp > 80 && size(payload) > 5", "payload.mode == 'run' && payload.rpm > 5",
        ])
        #expect(try indexed.asked(#"{"mode":"run","temp":85,"rpm":1}"#) == [0, 1, 3, 4])
        #expect(try indexed.asked(#"{"mode":"stop","temp":95,"rpm":9}"#) == [2, 4])
        #expect(try indexed.asked(#"{"mode":"run","temp":70,"rpm":9}"#) == [5])
    }

    @Test("a term that fails leaves the others to be false; else the failure is counted")
    func failures() throws {
        try expect(
            "payload.a > 3 && payload.b == 'x'", asked: [#"{"a":4,"b":"x"}"#],
            passedOver: [#"{"b":"y"}"#, #"{"a":1}"#, #"{"a":"x","b":"y"}"#],
            fails: ["{}", #"{"b":"x"}"#, #"{"a":4}"#, #"{"a":"4","b":"x"}"#, "3"])
        // Of the sum it is known what it needs, and no more.
        try expect(
            "payload.a > 3 && payload.b + payload.c > 5",
            asked: [#"{"a":4,"b":1,"c":1}"#, #"{"b":1,"c":1}"#],
            passedOver: [#"{"a":1}"#, #"{"a":1,"b":"x","c":2}"#],
            fails: ["{}", #"{"a":4}"#, #"{"a":4,"b":1}"#])
        try expect(
            "payload.b + payload.c > 5", asked: [#"{"b":1,"c":1}"#],
            passedOver: [], fails: ["{}", #"{"b":1}"#])
        try expect(
            "payload.a > 3 && 1 / 0 > 1", asked: [#"{"a":4}"#, "{}"],
            passedOver: [#"{"a":1}"#])
    }

    @Test("a rule that has not been told of is asked, though it fails")
    func tellingOnce() throws {
        var indexed = try IndexedRules(["payload.a > 1", "payload.a > 2", "payload.b > 1"])
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
        let square = "payload.l.all(x, payload.l.all(y, x + y < 9))"
        var indexed = try IndexedRules(["\(square) && payload.a > 1", "payload.a > 1 && \(square)"])
        let list = Array(repeating: "1", count: 2_000).joined(separator: ",")
        #expect(try indexed.asked("{\"a\":0,\"l\":[\(list)]}") == [0])
        let rules =
            "  - { name: heavy, on: r, when: \(Text.quoted(square + " && payload.a > 1")) }\n"
        var mind = try MindUnderTest(IndexedRules.route + rules)
        #expect(mind.hear("t/1/a", "{\"a\":0,\"l\":[\(list)]}").ruleFailures == 1)
        #expect(mind.hear("t/1/a", "{\"a\":0,\"l\":[1]}").ruleFailures == 0)
    }

    @Test("about a very large payload every rule is asked")
    func largePayload() throws {
        var indexed = try IndexedRules(["payload.a > 1", "payload.b == 'x'"])
        let filler = String(repeating: "x", count: Limits.indexedPayloadBytesMax)
        #expect(try indexed.asked(#"{"a":0,"b":"y"}"#) == [])
        #expect(try indexed.asked("{\"a\":0,\"b\":\"\(filler)\"}") == [0, 1])
    }

    @Test("a condition of more terms than are looked at is judged all the same")
    func manyTerms() throws {
        let terms = (0..<30).map { "payload.f\($0) > \($0)" }.joined(separator: " && ")
        var indexed = try IndexedRules([terms])
        // The last one is not looked at, and false: so the rule does not fail.
        let last = "payload.f0 > 0 && \(terms) && has(payload.z)"
        var mind = try MindUnderTest(
            IndexedRules.route + "  - { name: last, on: r, when: \(Text.quoted(last)) }\n")
        for _ in 0..<3 { #expect(mind.hear("t/1/a", "{}").ruleFailures == 0) }
        let members = (0..<30).map { "\"f\($0)\":\($0 + 1)" }
        #expect(try indexed.asked("{\(members.joined(separator: ","))}") == [0])
        #expect(
            try indexed.asked("{\"f29\":0,\(members.dropLast().joined(separator: ","))}") == [0])
        #expect(try indexed.asked("{\(members.dropFirst().joined(separator: ",")),\"f0\":0}") == [])
    }

    @Test("variables that double each other do not double the index")
    func doublingVariables() throws {
        let variables = (0..<60).map { number in
            let before = number == 0 ? "payload.on" : "variables.v\(number - 1)"
            return "{ name: v\(number), expression: '\(before) && \(before)' }"
        }
        var indexed = try IndexedRules(
            ["variables.v59 && payload.a > 1"],
            more: ", variables: [\(variables.joined(separator: ", "))]")
        #expect(try indexed.asked(#"{"on":true,"a":2}"#) == [0])
        #expect(try indexed.asked(#"{"on":true,"a":1}"#) == [])
    }

    @Test("many fields are found by their names, escaped or not, each its own rules")
    func manyFields() throws {
        var indexed = try IndexedRules((0..<20).map { "payload.f\($0) >= \($0)" })
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
            { "has(payload.x\($0)) && payload.x\($0) > 1" },
            { "payload.code in [\($0), \($0 + 1)]" },
            { "payload.name.startsWith('n\($0)/')" },
            { "payload.motor.load >= \($0) && payload.on" },
            { "payload.y\($0) > 3" }, { "payload.y\($0) > 3 && payload.mode == 'm\($0)'" },
        ]
        var indexed = try IndexedRules((0..<10_000).map { forms[$0 % 10]($0) })
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
        var mind = try MindUnderTest(IndexedRules.route + rules.joined())
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
        var mind = try MindUnderTest(IndexedRules.route + rules)
        let wrapped = #"{"message_id":"1","rpm":1,"payload":{"rpm":9,"action":"x"}}"#
        let verdict = try #require(mind.hear(MindUnderTest.evaluate, wrapped).documents.first)
        #expect(verdict["approved"]?.bool == false)
        let low = wrapped.replacing("\"rpm\":9", with: "\"rpm\":5")
        let other = try #require(mind.hear(MindUnderTest.evaluate, low).documents.first)
        #expect(other["approved"]?.bool == true || other["applied_rules"]?.array?.isEmpty == true)
    }
}
