import CEL
import Core
import Testing

@testable import Mind

@Suite("Names in scope")
struct ScopeTests {
    /// Whether a condition holds for a proposal, after what was heard before.
    private func holds(_ when: String, heard: [String] = [], in subject: inout MindUnderTest) throws
        -> Bool
    {
        _ = try subject.activate(
            pressRoutes + "rules:\n  - name: a\n    on: press-commands\n    stance: support\n"
                + "    when: >-\n      \(when)\n")
        for payload in heard { _ = subject.hear(telemetry, payload) }
        let properties = MessageProperties(
            responseTopic: "r", contentType: "t",
            user: [.init(name: "u", value: "1"), .init(name: "u", value: "2")])
        let outcome = subject.hear(proposed, #"{"action":"x","n":81}"#, properties)
        #expect(outcome.documents.first?.errorCodes == [], "\(when): \(outcome.documents)")
        return outcome.decisions.first?.isPositive ?? false
    }

    @Test(
        "every name has its value",
        arguments: [
            "topic == 'cmd/press-7/start/proposed'", "payload.n == 81.0",
            "params.device == 'press-7' && params.verb == 'start'", "now == event.at",
            "event.at == timestamp('2023-11-14T22:13:22Z')", "event.seq == 4", "event.qos == 1",
            "!event.retain", "event.properties.u == '2'",
            "event.properties.content_type == 't' && event.properties.response_topic == 'r'",
            "device.id == 'press-7' && entity.id == device.id && device == entity",
            "device.trust == 0.5 && entity.trust == 0.5 && device.mood == 'neutral'",
            "device.first_seen == device.last_seen && device.first_seen < now",
            "device.last.temp == 20 && entity.last.temp == 20 && !has(device.last.n)",
            "!has(device.previous)",
            "has(payload.action) && !has(payload.none) && has(device.last)",
        ])
    func names(when: String) throws {
        var subject = try MindUnderTest(pressRoutes)
        #expect(try holds(when, heard: [#"{"temp":20}"#], in: &subject), "\(when)")
    }

    @Test("every name and field has a value of the type that expressions are checked with")
    func types() throws {
        var types: [(text: String, type: ValueType)] = []
        for name in RuleEnvironment.Name.allCases { types.append((name.text, name.type)) }
        for (name, fields) in RuleEnvironment.Name.fields {
            for (field, type) in fields { types.append(("\(name).\(field)", type)) }
        }
        for (text, type) in types where type != .dyn {
            let name = "\(type)".prefix { $0 != "(" }
            var subject = try MindUnderTest(pressRoutes)
            let when = "type(\(text)) == \(name)"
            #expect(try holds(when, heard: [#"{"temp":20}"#], in: &subject), "\(when)")
        }
        #expect(types.count > 30)
    }

    @Test("of an entity that was never heard there is little to say")
    func unknown() throws {
        var subject = try MindUnderTest(pressRoutes)
        let when = """
            !has(device.first_seen) && !has(device.last_seen) && !has(device.previous)
                  && device.id == 'press-7' && size(device.last) == 0 && device.trust == 0.5
            """
        #expect(try holds(when, in: &subject))
    }

    @Test("working memory holds the newest value of every field, over messages and routes")
    func lastMerges() throws {
        var subject = try MindUnderTest(pressRoutes)
        let when = "device.last.a == 3 && device.last.b == 'x' && device.last.value == 7"
        #expect(
            try holds(when, heard: [#"{"a":1,"b":"x"}"#, #"{"a":3}"#, "7"], in: &subject))
    }

    @Test("a telemetry rule sees the payload before this one, on its route")
    func previous() throws {
        var subject = try MindUnderTest(
            pressRules(
                """
                  - name: jump
                    on: press-telemetry
                    when: has(device.previous) && payload.a - device.previous.a > 10

                """))
        #expect(subject.hear(telemetry, #"{"a":100}"#).decisions.isEmpty)
        #expect(subject.hear(telemetry, #"{"a":105}"#).decisions.isEmpty)
        #expect(subject.hear(telemetry, #"{"a":120}"#).decisions.map(\.isPositive) == [true])
        #expect(subject.hear(telemetry, "{").codes == ["MALFORMED_JSON"])
        #expect(subject.hear(telemetry, #"{"a":121}"#).decisions.map(\.isPositive) == [false])
    }

    @Test("while nothing was heard a previous value is missing, not null")
    func noPrevious() throws {
        var subject = try MindUnderTest(
            pressRules(stance("a", "support", when: "device.previous.a == 1")))
        let document = subject.hear(proposed, "{}").documents[0]
        #expect(document["errors"]?.array?[0]["error"]?.string?.contains("previous") == true)
    }

    @Test("a variable is evaluated on first use only, also when it fails")
    func variables() throws {
        var chain = "      - { name: v0, expression: payload.none }\n"
        for index in 1..<Limits.ruleVariablesMax {
            let last = "variables.v\(index - 1)"
            chain += "      - { name: v\(index), expression: '\(last) || !\(last)' }\n"
        }
        var subject = try MindUnderTest(
            pressRules(
                "  - name: a\n    on: press-commands\n    stance: support\n    variables:\n"
                    + chain + "    when: '!has(payload.x) || variables.v63'\n"))
        // Evaluated at each use, 2 to the 63 evaluations.
        let document = subject.hear(proposed, #"{"x":1}"#).documents[0]
        #expect(document.errorCodes == ["RULE_FAILED"])
        #expect(subject.hear(proposed, "{}").decisions.map(\.isPositive) == [true])
    }

    @Test("variables that build on each other, each as deep as can be, fit the stack")
    func deepVariables() throws {
        let depth = 40
        var chain = "      - { name: v0, expression: payload.x }\n"
        for index in 1..<Limits.ruleVariablesMax {
            let open = String(repeating: "[", count: depth)
            let close = String(repeating: "][0]", count: depth)
            chain += "      - { name: v\(index), "
            chain += "expression: '\(open)variables.v\(index - 1)\(close)' }\n"
        }
        var subject = try MindUnderTest(
            pressRules(
                "  - name: a\n    on: press-commands\n    stance: support\n    variables:\n"
                    + chain + "    when: variables.v63 == 1\n"))
        let outcome = subject.hear(proposed, #"{"x":1}"#)
        #expect(outcome.decisions.count == 1)
    }

    @Test("variables of one rule are not those of the next")
    func ownVariables() throws {
        let rule = { (name: String, value: Int) in
            """
              - name: \(name)
                on: press-commands
                stance: support
                variables: [ { name: v, expression: '\(value)' } ]
                when: variables.v == \(value)

            """
        }
        var subject = try MindUnderTest(pressRules(rule("a", 1) + rule("b", 2)))
        let document = subject.hear(proposed, "{}").documents[0]
        #expect(document["applied_rules"]?.array?.count == 2)
    }
}
