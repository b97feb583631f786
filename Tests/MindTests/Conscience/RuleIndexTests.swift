import CEL
import Core
import Testing

@testable import Mind

@Suite("An index over rules")
struct RuleIndexTests {
    @Test("a threshold is met exactly, whatever kind of number it is")
    func thresholds() throws {
        let others = [#"{"a":"x"}"#, "{}", #"{"a":true}"#, #"{"a":null}"#, "3", #"{"a":[1]}"#]
        try expect(
            "payload.a > 10", asked: [#"{"a":10.000000000000002}"#, #"{"a":11}"#],
            passedOver: [#"{"a":10}"#, #"{"a":10.0}"#, #"{"a":-3}"#], fails: others)
        try expect(
            "payload.a <= 10u", asked: [#"{"a":10}"#, #"{"a":-1e300}"#],
            passedOver: [#"{"a":10.000000000000002}"#, #"{"a":9007199254740993}"#], fails: others)
        try expect(
            "-0.5 > payload.a", asked: [#"{"a":-0.5000000000000001}"#], passedOver: [#"{"a":-0.5}"#]
        )
        // Beyond 2^53 integers share their doubles: the rule has the last word.
        try expect(
            "payload.a > 9007199254740993", asked: [#"{"a":9007199254740994}"#],
            passedOver: [#"{"a":9007199254740990}"#])
        try expect("!(payload.a > 10)", asked: [#"{"a":10}"#], passedOver: [#"{"a":11}"#])
    }

    @Test("equality with texts, numbers, truth values and null; other kinds are not equal")
    func equalities() throws {
        try expect(
            "payload.a == 'é'", asked: ["{\"a\":\"é\"}", #"{"a":"\u00e9"}"#],
            passedOver: [
                "{\"a\":\"e\u{301}\"}", #"{"a":"x"}"#, #"{"a":1}"#, #"{"a":[]}"#,
                #"{"a":{"b":1}}"#, #"{"a":null}"#,
            ], fails: ["{}", "[1]"])
        try expect(
            "payload.a == 5", asked: [#"{"a":5}"#, #"{"a":5.0}"#, #"{"a":50e-1}"#],
            passedOver: [#"{"a":5.000000000000001}"#, #"{"a":"5"}"#, #"{"a":true}"#], fails: ["{}"])
        try expect(
            "payload.a == true", asked: [#"{"a":true}"#],
            passedOver: [#"{"a":false}"#, #"{"a":1}"#, #"{"a":"true"}"#], fails: ["{}"])
        try expect(
            "payload.a == null", asked: [#"{"a":null}"#], passedOver: [#"{"a":0}"#], fails: ["{}"])
        try expect(
            "payload.a in ['x', 3, false]", asked: [#"{"a":"x"}"#, #"{"a":3.0}"#, #"{"a":false}"#],
            passedOver: [#"{"a":"y"}"#, #"{"a":2}"#, #"{"a":true}"#, #"{"a":["x"]}"#],
            fails: ["{}"])
        try expect(
            "payload.a == 'x' || payload.a == 'y'", asked: [#"{"a":"y"}"#],
            passedOver: [#"{"a":"z"}"#], fails: ["{}"])
    }

    @Test("a truth value by itself, and its negation")
    func truths() throws {
        let others = ["{}", #"{"a":1}"#, #"{"a":"true"}"#, "true"]
        try expect(
            "payload.a", asked: [#"{"a":true}"#], passedOver: [#"{"a":false}"#], fails: others)
        try expect(
            "!payload.a", asked: [#"{"a":false}"#], passedOver: [#"{"a":true}"#], fails: others)
    }

    @Test("how a text begins")
    func beginnings() throws {
        try expect(
            "payload.a.startsWith('ab')", asked: [#"{"a":"ab"}"#, #"{"a":"abc"}"#],
            passedOver: [#"{"a":"a"}"#, #"{"a":"b"}"#, #"{"a":""}"#, #"{"a":"aab"}"#],
            fails: ["{}", #"{"a":1}"#])
        var indexed = try IndexedRules(
            ["", "a", "ab", "abc", "b", "abd"].map { "payload.a.startsWith('\($0)')" })
        #expect(try indexed.asked(#"{"a":"abcd"}"#) == [0, 1, 2, 3])
        #expect(try indexed.asked(#"{"a":"abd"}"#) == [0, 1, 2, 5])
        #expect(try indexed.asked(#"{"a":"b"}"#) == [0, 4])
        #expect(try indexed.asked(#"{"a":"c"}"#) == [0])
    }

    @Test("presence: what should have the field must be a map")
    func presence() throws {
        try expect(
            "has(payload.a)", asked: [#"{"a":null}"#], passedOver: ["{}", #"{"b":1}"#],
            fails: ["1", "[]", "null"])
        try expect(
            "!has(payload.a)", asked: ["{}"], passedOver: [#"{"a":1}"#], fails: ["1"])
        try expect(
            "has(payload.m.a)", asked: [#"{"m":{"a":1}}"#], passedOver: [#"{"m":{}}"#],
            fails: ["{}", #"{"m":1}"#, #"{"m":["a"]}"#])
        try expect(
            "'a' in payload.m", asked: [#"{"m":{"a":1}}"#, #"{"m":["a"]}"#, #"{"m":[]}"#],
            passedOver: [#"{"m":{}}"#], fails: ["{}", #"{"m":1}"#, #"{"m":"a"}"#])
    }

    @Test("a field that is asked for before it is used costs nothing where it is missing")
    func guarded() throws {
        try expect(
            "has(payload.a) && payload.a > 3", asked: [#"{"a":4}"#],
            passedOver: ["{}", #"{"a":3}"#, #"{"b":4}"#], fails: [#"{"a":"x"}"#, "7"])
        try expect(
            "'m' in payload && has(payload.m.a) && payload.m.a == 'x'",
            asked: [#"{"m":{"a":"x"}}"#], passedOver: ["{}", #"{"m":{}}"#, #"{"m":{"a":"y"}}"#])
    }

    @Test("fields of fields, by whatever names")
    func nested() throws {
        try expect(
            "payload.motor['temp °C'].now > 80", asked: [#"{"motor":{"temp °C":{"now":81}}}"#],
            passedOver: [#"{"motor":{"temp \u00b0C":{"now":80}}}"#],
            fails: [#"{"motor":{"now":81}}"#, #"{"motor":81}"#, "{}", "81"])
    }

    @Test("the payload itself")
    func bare() throws {
        try expect(
            "payload > 30.5", asked: ["31"], passedOver: ["30", "30.5"], fails: ["{}", "\"x\""])
        try expect("payload == 'on'", asked: ["\"on\""], passedOver: ["\"off\"", "1", "{}"])
    }

    @Test("topic, captures and the entity, of which every message has one")
    func everyMessage() throws {
        var indexed = try IndexedRules([
            "params.device == 'press-7' && payload.a > 1", "params.device == 'press-8'",
            "device.id in ['press-8', 'press-9']", "entity.id == 'press-7' && params.line == '1'",
            "topic.startsWith('t/2/')", "topic == 't/1/press-7' && has(payload.a)",
            "params.device.startsWith('press-')", "topic > 't/1/' && payload.a > 1",
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
        var indexed = try IndexedRules(
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
}
