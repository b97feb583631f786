import CEL
import Core
import Testing

@testable import Mind

@Suite("Loading rules")
struct LoadingRulesTests {
    @Test("a rule with everything is read as it is written")
    func everything() throws {
        let set = try loadRules(
            rules(
                """
                  - name: no-harm
                    description: Do not cause harm
                    weight: 10
                    stance: oppose
                    on: [judged, heard]
                    variables:
                      - { name: shaking, expression: 'device.last.vib > 7.1' }
                      - { name: fast, expression: 'variables.shaking && payload.rpm > 1500' }
                    when: variables.fast
                    strength: 0.5
                    messageExpression: '"it is " + params.device'
                    on_error: ignore
                    mode: shadow
                    severity: critical
                    actions:
                      - publish: { topic: 'alarm/{device}', payload: '{"a": payload}', qos: 0 }
                      - publish: { topic: 'alarm', payload: '"x"', retain: true }
                """))
        let rule = try #require(set.rules.first)
        #expect(set.rules.count == 1)
        #expect(rule.name == "no-harm")
        #expect(rule.description == "Do not cause harm")
        #expect(rule.weight == 10)
        #expect(rule.stance == .oppose)
        #expect(rule.variables.map(\.name) == ["shaking", "fast"])
        #expect(rule.when.source == "variables.fast")
        guard case .constant(0.5) = rule.strength else {
            Issue.record("strength")
            return
        }
        #expect(rule.message?.source == #""it is " + params.device"#)
        #expect(rule.onError == .ignore)
        #expect(rule.mode == .shadow)
        #expect(rule.severity == .critical)
        #expect(rule.actions.map(\.topic.text) == ["alarm/{device}", "alarm"])
        #expect(rule.actions.map(\.qos) == [.atMostOnce, .atLeastOnce])
        #expect(rule.actions.map(\.retain) == [false, true])
        #expect(rule.file == "1.yaml")
        #expect(rule.line == 9)
        #expect(set.routes.map(\.rules) == [[0], [0], []])
    }

    @Test("a rule needs a name and a condition only; the rest has defaults")
    func defaults() throws {
        let set = try loadRules(rules("  - { name: a, on: heard, when: 'true' }"))
        let rule = set.rules[0]
        #expect(rule.description.isEmpty)
        #expect(rule.weight == 1)
        #expect(rule.stance == nil)
        #expect(rule.mode == .active)
        #expect(rule.severity == .warning)
        #expect(rule.onError == .ignore)
        #expect(rule.message == nil)
        #expect(rule.actions.isEmpty)
        guard case .constant(1) = rule.strength else {
            Issue.record("strength")
            return
        }
    }

    @Test("an error of evaluation denies where proposals are judged, unless it is ignored")
    func onError() throws {
        let set = try loadRules(
            rules(
                """
                  - { name: a, on: judged, stance: veto, when: 'true' }
                  - { name: b, on: [heard, judged], stance: veto, when: 'true' }
                  - { name: c, on: judged, stance: veto, when: 'true', on_error: ignore }
                  - { name: d, on: heard, when: 'true', on_error: deny }
                """))
        #expect(set.rules.map(\.onError) == [.deny, .deny, .ignore, .deny])
    }

    @Test("without on and topic a rule applies to whatever is proposed, evaluate included")
    func everyProposal() throws {
        let set = try loadRules(rules("  - { name: a, stance: support, when: 'true' }"))
        #expect(set.routes.map(\.name) == ["heard", "judged", "evaluate"])
        #expect(set.routes.map(\.rules) == [[], [0], [0]])
    }

    @Test("a rule that is off is checked and kept, but on no route")
    func off() throws {
        let text = "  - { name: a, on: heard, when: 'true', mode: off }"
        let set = try loadRules(rules(text))
        #expect(set.rules.map(\.mode) == [.off])
        #expect(set.routes.map(\.rules) == [[], [], []])
        #expect(complaints(rules(text.replacing("true", with: "tru"))).count == 1)
    }

    @Test("a rule with a topic makes a telemetry route of its own name")
    func implicitRoute() throws {
        let set = try loadRules(
            """
            rules:
              - { name: a, topic: "x/{device}/{other}", when: 'true' }
              - { name: b, topic: "x/+/y", when: 'true' }
              - { name: c, on: b, when: 'true' }
            """)
        #expect(set.routes.map(\.name) == ["evaluate", "a", "b"])
        #expect(set.routes.map(\.entity?.text) == [nil, "{device}", nil])
        #expect(set.routes.map(\.rules) == [[], [0], [1, 2]])
    }

    @Test("files are read in order, and rules may be on routes of other files")
    func files() throws {
        let set = try loadRules(
            "rules:\n  - { name: a, on: r, when: 'true' }\n", "",
            "routes:\n  - { name: r, topic: t }\nrules:\n  - { name: b, on: r, when: 'true' }\n")
        #expect(set.rules.map(\.name) == ["a", "b"])
        #expect(set.rules.map(\.file) == ["1.yaml", "3.yaml"])
        #expect(set.routes[0].rules == [0, 1])
    }

    @Test("a constant message is an expression that gives it")
    func constantMessage() throws {
        let set = try loadRules(
            rules(#"  - { name: a, on: heard, when: 'true', message: "say \"no\"\\\nnow" }"#))
        #expect(set.rules[0].message?.source == #""say \"no\"\\\nnow""#)
        let value = try set.rules[0].message?.evaluate(EmptyActivation())
        #expect(value == .string("say \"no\"\\\nnow"))
    }

    @Test("a strength is a constant or an expression")
    func strength() throws {
        let set = try loadRules(
            rules("  - { name: a, stance: veto, when: 'true', strength: 'payload.x / 2' }"))
        guard case .expression(let expression) = set.rules[0].strength else {
            Issue.record("not an expression")
            return
        }
        #expect(expression.source == "payload.x / 2")
    }

    @Test("a set has a digest of its names and texts, where no part can pass for another")
    func digest() throws {
        func digest(_ files: [RuleFile]) -> String { RuleSetDigest.digest(of: files) }
        let one = digest([RuleFile(name: "a", text: "bc")])
        #expect(one == digest([RuleFile(name: "a", text: "bc")]))
        #expect(one.hasPrefix("sha256:"))
        #expect(one.count == 7 + 64)
        #expect(one != digest([RuleFile(name: "ab", text: "c")]))
        #expect(one != digest([RuleFile(name: "a", text: "b"), RuleFile(name: "", text: "c")]))
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(digest([]) == "sha256:" + empty)
    }
}
