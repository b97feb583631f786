import Core
import Testing

@testable import Mind

@Suite("Verdicts")
struct VerdictTests {
    /// What a guard with these rules says of one proposal.
    private func verdict(
        _ rules: String, guardKeys: String = "", payload: String = #"{"action":"start"}"#
    ) throws -> JSONValue {
        let routes = guardKeys.isEmpty ? pressRoutes : pressRoutes + "    \(guardKeys)\n"
        var subject = try MindUnderTest(rules.isEmpty ? routes : routes + "rules:\n" + rules)
        let outcome = subject.hear(proposed, payload)
        return try #require(outcome.documents.first)
    }

    @Test("the example of the contract is reproduced to the byte")
    func golden() throws {
        var subject = try MindUnderTest(
            pressRules(
                """
                  - name: no-harm
                    description: Do not cause physical or emotional harm
                    weight: 10
                    stance: oppose
                    on: press-commands
                    variables:
                      - { name: shaking, expression: 'device.last.vib > 7.1' }
                    when: payload.rpm > 1500 && variables.shaking
                    strength: 1.0
                    messageExpression: >-
                      "spindle " + params.device + " is vibrating at " + string(device.last.vib)
                    on_error: deny

                """))
        _ = subject.hear(telemetry, #"{"vib":8.2}"#)
        let outcome = subject.hear(proposed, #"{"action":"start","rpm":1600}"#)
        let decision = try #require(outcome.decisions.first)
        let inputs = try #require(json(decision.json)["inputs"]?.string)
        let digest = try #require(subject.mind.ruleset?.digest)
        let message = "spindle press-7 is vibrating at 8.2"
        #expect(
            text(decision.json)
                == #"{"decision_id":"log-3","timestamp":"2023-11-14T22:13:22.000Z","#
                + #""route":"press-commands","entity":"press-7","action":"start","#
                + #""approved":false,"moral_score":-1.0,"score":-10.0,"threshold":0.0,"#
                + #""margin":-1.0,"explanation":"denied by no-harm: \#(message)","#
                + #""applied_rules":["no-harm"],"contributions":[{"rule":"no-harm","#
                + #""stance":"oppose","weight":10.0,"strength":1.0,"contribution":-10.0,"#
                + #""message":"\#(message)"}],"errors":[],"ruleset":"\#(digest)","#
                + #""inputs":"\#(inputs)","event_seq":3,"trust":0.5}"#)
        #expect(inputs.hasPrefix("sha256:") && inputs.count == 71)
        #expect(decision.kind == .verdict && !decision.isPositive && decision.id == "log-3")
    }

    @Test("the moral score is the sum of contributions over the weights that applied")
    func arithmetic() throws {
        let document = try verdict(
            stance("a", "support", weight: 3) + stance("b", "oppose", weight: 1)
                + stance("c", "support", weight: 8, more: "strength: 0.25")
                + stance("d", "oppose", weight: 100, when: "false"))
        #expect(document["score"]?.double == 4)
        #expect(document["moral_score"]?.double == 4.0 / 6.0)
        #expect(document["applied_rules"]?.array?.compactMap(\.string) == ["a", "b", "c"])
        #expect(document["approved"] == .bool(true))
        #expect(document["explanation"]?.string == "approved by a")
    }

    @Test("a veto denies whatever speaks for it, and adds nothing to the score")
    func veto() throws {
        let document = try verdict(
            stance("a", "support", weight: 100)
                + stance("v", "veto", weight: 50, more: "description: never"))
        #expect(document["approved"] == .bool(false))
        #expect(document["moral_score"]?.double == 1)
        #expect(document["explanation"]?.string == "denied by the veto of v: never")
        #expect(document["contributions"]?.array?.last?["contribution"]?.double == 0)
    }

    @Test("a proposal is approved at its threshold and denied below it")
    func threshold() throws {
        let half = stance("a", "support", weight: 3) + stance("b", "oppose", weight: 1)
        let at = try verdict(half, guardKeys: "threshold: 0.5")
        #expect(at["approved"] == .bool(true))
        #expect(at["margin"]?.double == 0)
        let below = try verdict(half, guardKeys: "threshold: 0.51")
        #expect(below["approved"] == .bool(false))
        #expect(below["explanation"]?.string == "denied by b")
        let support = try verdict(stance("a", "oppose"), guardKeys: "threshold: -1")
        #expect(support["approved"] == .bool(true))
        #expect(
            support["explanation"]?.string
                == "approved: the score -1.0 reaches the threshold -1.0")
        let alone = try verdict(
            stance("a", "support") + stance("b", "oppose", when: "false"),
            guardKeys: "threshold: 1.0")
        #expect(alone["approved"] == .bool(true))
    }

    @Test("a score below the threshold without anybody opposing says so")
    func belowWithoutOpposition() {
        var verdict = Verdict(threshold: 1.5, isApprovedByDefault: true)
        verdict.contributions = [.init(rule: "a", stance: .support, weight: 1, strength: 1)]
        #expect(!verdict.isApproved)
        #expect(verdict.explanation == "denied: the score 1.0 is below the threshold 1.5")
    }

    @Test("where no rule applies the route's default decides", arguments: [true, false])
    func byDefault(isApproved: Bool) throws {
        let document = try verdict(
            stance("a", "oppose", when: "false"),
            guardKeys: "default: \(isApproved ? "approve" : "deny")")
        #expect(document["approved"] == .bool(isApproved))
        #expect(document["moral_score"]?.double == 0)
        #expect(
            document["explanation"]?.string
                == "\(isApproved ? "approved" : "denied") by default: no rule applied")
    }

    @Test("rules without weight leave the decision to the default, and no zero is negative")
    func zeroWeight() throws {
        var subject = try MindUnderTest(
            pressRules(stance("a", "oppose", weight: 0) + stance("b", "support", weight: 0)))
        let decision = try #require(subject.hear(proposed, "{}").decisions.first)
        #expect(!text(decision.json).contains("-0.0"))
        let document = json(decision.json)
        #expect(document["approved"] == .bool(false))
        #expect(
            document["explanation"]?.string == "denied by default: what applied has no weight")
        #expect(document["applied_rules"]?.array?.count == 2)
    }

    @Test("a strength may be an expression, of any kind of number")
    func strength() throws {
        for (text, value) in [
            ("payload.s", 0.25), ("1", 1.0), ("1u", 1.0), ("0.5", 0.5), ("0", 0.0),
        ] {
            let document = try verdict(
                stance("a", "oppose", weight: 4, more: "strength: '\(text)'"),
                payload: #"{"s":0.25}"#)
            #expect(document["score"]?.double == 0 - 4 * value)
        }
    }

    @Test(
        "a strength out of range is an error of the rule",
        arguments: ["1.0 + 0.5", "dyn(-0.1)", "dyn(\"x\")", "0.0/0.0", "payload.none"])
    func badStrength(strength: String) throws {
        let rule = "  - name: a\n    on: press-commands\n    stance: support\n    when: 'true'\n"
        for (onError, denies) in [("deny", true), ("ignore", false)] {
            let document = try verdict(
                rule + "    strength: '\(strength)'\n    on_error: \(onError)\n"
                    + stance("b", "support"))
            #expect(document.errorCodes == ["RULE_FAILED"])
            #expect(document["applied_rules"]?.array?.compactMap(\.string) == ["b"])
            #expect(document["approved"] == .bool(!denies))
            #expect(document["errors"]?.array?[0]["on_error"]?.string == onError)
            #expect(document["errors"]?.array?[0]["rule"]?.string == "a")
        }
    }

    @Test("a condition that fails or gives no bool is handled as on_error says")
    func failingCondition() throws {
        let texts = [
            ("payload.none > 1", "no such key: 'none'"),
            ("dyn(\"x\")", "the condition gives string, not a bool"),
        ]
        for (when, reason) in texts {
            let rule = stance("a", "oppose", when: when)
            let denied = try verdict(rule + stance("b", "support"))
            #expect(denied["approved"] == .bool(false))
            #expect(
                denied["explanation"]?.string == "denied because a cannot be judged: \(reason)")
            let ignored = try verdict(
                stance("a", "oppose", when: when, more: "on_error: ignore")
                    + stance("b", "support"))
            #expect(ignored["approved"] == .bool(true))
            #expect(ignored.errorCodes == ["RULE_FAILED"])
        }
    }

    @Test("a message that fails takes nothing from the rule's stance")
    func failingMessage() throws {
        for message in ["payload.none", "dyn(1)"] {
            let document = try verdict(
                stance(
                    "v", "veto",
                    more: "description: never, messageExpression: '\(message)', on_error: ignore"))
            #expect(document["approved"] == .bool(false))
            #expect(document["explanation"]?.string == "denied by the veto of v: never")
            #expect(document.errorCodes == ["RULE_FAILED"])
        }
    }

    @Test("the weightiest of those that decided is named, the first of equals")
    func strongest() throws {
        let document = try verdict(
            stance("a", "oppose", weight: 1) + stance("b", "oppose", weight: 5)
                + stance("c", "oppose", weight: 5) + stance("d", "support", weight: 9))
        #expect(document["explanation"]?.string == "denied by b")
        #expect(document["contributions"]?.array?.map { $0["message"] }.count == 4)
    }

    @Test("a rule's text, and the key that it misses, are cut off at their bound")
    func bounded() throws {
        let long = String(repeating: "é", count: Limits.ruleMessageBytesMax)
        let document = try verdict(
            stance("a", "oppose", more: "messageExpression: payload.text")
                + stance("b", "oppose", when: "payload[payload.text] == 1"),
            payload: #"{"text":"\#(long)"}"#)
        let message = document["contributions"]?.array?[0]["message"]?.string ?? ""
        #expect(message.hasSuffix("é…"))
        #expect(message.utf8.count <= Limits.ruleMessageBytesMax + 3)
        let error = document["errors"]?.array?[0]["error"]?.string ?? ""
        #expect(error.utf8.count <= Limits.ruleMessageBytesMax + 3)
        #expect(!error.contains("\u{FFFD}"))
    }
}
