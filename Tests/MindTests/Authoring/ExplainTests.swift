import Core
import Testing

@testable import Mind

@Suite("Whom an explanation is about")
struct ExplainTests {
    /// Of more bytes than an entity's name may have.
    private static let name = String(repeating: "n", count: Limits.entityNameBytesMax + 1)

    /// Holds where a proposal of nobody is judged under its topic.
    private static let rules = pressRules(
        stance("own", "support", when: "device.id == topic") + overheat
            + """
              - { name: named, stance: support, when: 'device.id == "press-7"' }

            """)

    /// What is explained of a message, and what then comes of it.
    private func both(
        _ topic: String, _ payload: String
    ) throws -> (Explanation.Route, Outcome) {
        var subject = try MindUnderTest(Self.rules)
        let message = Message(topic: topic, payload: Array(payload.utf8), qos: .atLeastOnce)
        let explanation = subject.mind.explain(message, at: subject.at + .seconds(1))
        return (try #require(explanation.routes.first), subject.hear(message))
    }

    @Test("a proposal without a usable name is explained under its topic, as it is judged")
    func proposals() throws {
        let topic = "cmd/\(Self.name)/start/proposed"
        for payload in [#"{"entity":"press-7"}"#, #"{"user_id":"ann"}"#, "{}", "no JSON"] {
            let (route, outcome) = try both(topic, payload)
            let decision = try #require(outcome.decisions.first, "\(payload)")
            #expect(decision.entity == topic && route.entity == topic, "\(payload)")
            let own = route.rules.first { $0.name == "own" }
            #expect(own?.result == "true", "\(payload)")
            let applied = json(decision.json)["applied_rules"]?.array?.map(\.string)
            #expect(applied == (payload == "no JSON" ? [] : ["own"]), "\(payload)")
        }
        let (route, outcome) = try both(proposed, #"{"entity":"other"}"#)
        #expect(route.entity == "press-7" && outcome.decisions.map(\.entity) == ["press-7"])
    }

    @Test("a request is explained about whom it names, as it is judged")
    func requests() throws {
        for (payload, name) in [
            (#"{"entity":"press-7","user_id":"ann"}"#, "press-7"), (#"{"user_id":"ann"}"#, "ann"),
            (#"{"message_id":"m","payload":{"entity":"press-7"}}"#, "press-7"), ("{}", ""),
        ] {
            let (route, outcome) = try both(MindUnderTest.evaluate, payload)
            #expect(route.kind == "evaluate" && route.entity == name, "\(payload)")
            #expect(outcome.decisions.map(\.entity) == [name], "\(payload)")
            let named = route.rules.first { $0.name == "named" }
            #expect(named?.result == "\(name == "press-7")", "\(payload)")
        }
    }

    @Test("what a device says without a usable name is about nobody, whatever it says")
    func telemetryOfNobody() throws {
        let (route, outcome) = try both(
            "plant/1/\(Self.name)/telemetry", #"{"entity":"press-7","temp":90}"#)
        #expect(route.kind == "telemetry" && route.entity.isEmpty)
        #expect(outcome.decisions.isEmpty && outcome.codes == ["UNUSABLE_ENTITY_NAME"])
        #expect(try both(telemetry, #"{"temp":90}"#).0.entity == "press-7")
    }

    @Test("what a timer found is explained by every rule of its route, about what was heard last")
    func waiting() throws {
        var subject = try MindUnderTest(
            pressRules(
                """
                  - { name: hot, on: press-telemetry, when: payload.temp > 80.0, for: 10s }
                  - { name: cold, on: press-telemetry, when: payload.temp < 30.0 }
                  - name: rising
                    on: press-telemetry
                    when: 'over.count(payload.temp, "1m") > 2'

                """))
        for temperature in [85, 90] {
            _ = subject.hear(telemetry, #"{"temp":\#(temperature)}"#)
        }
        _ = subject.hear("plant/1/press-8/telemetry", #"{"temp":20}"#)
        let due = subject.at + .seconds(8)
        let route = try #require(
            subject.mind.explainWaiting("hot", about: "press-7", at: due))
        #expect(route.name == "press-telemetry" && route.entity == "press-7")
        #expect(route.captures.map(\.value) == ["1", "press-7"])
        #expect(route.rules.map(\.name) == ["hot", "cold", "rising"])
        #expect(route.rules.map(\.result) == ["true", "false", "false"], "two were heard")
        #expect(route.rules[1].terms.first?.comparison?.leftValue == "90")
        #expect(route.rules[0].standing.wait == .raise && route.rules[0].standing.due == due)
        #expect(subject.mind.explainWaiting("cold", about: "press-7", at: due) == nil)
        #expect(subject.mind.explainWaiting("hot", about: "press-8", at: due) == nil)
    }
}
