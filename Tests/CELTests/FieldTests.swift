import CEL
import Core
import Testing

/// Variables of which all fields are known, and what an expression gives.
struct FieldTests {
    private let environment = Environment(
        variables: ["event", "params", "p"],
        types: ["event": .map(.string, .dyn), "params": .map(.string, .string)],
        fields: ["event": ["qos": .int, "at": .timestamp, "retain": .bool]])

    @Test(
        "a field that is not there is refused, with the nearest one",
        arguments: [
            ("event.qoss > 1", "qoss", "did you mean 'qos'?", 7),
            ("has(event.retained)", "retained", "did you mean 'retain'?", 1),
            ("event['qs'] == 1", "qs", "did you mean 'qos'?", 6),
            ("event[?'qs'] == optional.of(1)", "qs", "did you mean 'qos'?", 6),
            ("event.?nothing.hasValue()", "nothing", "it has at, qos, retain", 8),
        ])
    func unknown(_ source: String, _ name: String, _ hint: String, _ column: Int) throws {
        let found = issues(source, environment)
        let issue = try #require(found.first)
        #expect(found.count == 1 && issue.kind == .unknownField)
        #expect(issue.message == "'event' has no field '\(name)'")
        #expect(issue.hint == hint)
        #expect(issue.position.column == column)
    }

    @Test(
        "a field has its type",
        arguments: [
            "event.qos + 'a'", "event.at > 1", "!event.qos", "event['qos'] == 'a'",
            "event.?qos.orValue(1) == 'a'", "event[?'qos'].orValue(1) == 'a'", "params.a > 1",
        ])
    func illTyped(_ source: String) {
        #expect(issues(source, environment).map(\.kind) == [.typeMismatch])
    }

    @Test(
        "what is asked by a name that is not known yet is not refused",
        arguments: [
            "event[p] == 1", "cel.bind(e, event, e.nothing == 1)", "event.all(k, k != 'x')",
            "params.anything == 'a'", "'x' in event",
        ])
    func dynamic(_ source: String) {
        #expect(issues(source, environment).map(\.description) == [])
    }

    @Test("an expression tells the type of what it gives")
    func types() throws {
        for (source, type) in [
            ("event.qos", ValueType.int), ("p", .dyn), ("p * 2", .number), ("p > 2", .bool),
            ("params", .map(.string, .string)), ("true ? 1 : 'a'", .dyn), ("[p]", .list(.dyn)),
        ] {
            #expect(try Expression(source, environment: environment).type == type, "\(source)")
        }
        #expect(try Expression("1", environment: Environment(isChecked: false)).type == .dyn)
    }

    @Test("an expression tells which fields it asks a variable for, wherever it does")
    func uses() throws {
        let expression = try Expression(
            "params.a + params['b'] + p.a\n + [1].map(x, params.?c.orValue('') + params[p])[0]"
                + " + (has(params.d) ? '' : params[?'e'].value())",
            environment: environment)
        let uses = expression.fields(ofSlot: 1)
        #expect(uses.map(\.name) == ["a", "b", "c", "d", "e"])
        #expect(uses.map(\.position.description) == ["1:8", "1:19", "2:23", "2:56", "2:85"])
        #expect(expression.fields(ofSlot: 0).isEmpty)
    }
}
