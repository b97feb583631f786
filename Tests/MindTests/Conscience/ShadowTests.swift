import Core
import Testing

@testable import Mind

/// A mind and one in shadow of it, on the same events.
private struct TwoMinds {
    var active: MindUnderTest
    var shadow: Mind
    private(set) var differences: [ShadowDifference] = []

    init(_ yaml: String, shadow other: String? = nil) throws {
        active = try MindUnderTest(yaml)
        let set =
            try other.map { try loadRules($0) }
            ?? (try #require(active.mind.ruleset?.withShadowRules))
        shadow = active.mind.shadow(under: set)
    }

    /// What both make of a message a second later.
    @discardableResult
    mutating func hear(
        _ topic: String, _ payload: String, after: Duration = .seconds(1)
    ) -> [ShadowDifference] {
        active.at = active.at + after
        let message = Message(topic: topic, payload: Array(payload.utf8), qos: .atLeastOnce)
        return take(.message(message))
    }

    @discardableResult
    mutating func tick(after: Duration) -> [ShadowDifference] {
        active.at = active.at + after
        return take(.tick)
    }

    private mutating func take(_ body: Event.Body) -> [ShadowDifference] {
        let event = Event(sequence: active.mind.sequence + 1, at: active.at, body: body)
        let outcome = active.mind.perceive(event)
        let shadowed = shadow.perceiveInShadow(event)
        return active.mind.differences(
            outcome, inShadow: shadow, shadowed, source: .directory, at: event.at,
            sequence: outcome.isRecorded ? event.sequence : nil)
    }

    @discardableResult
    mutating func propose(rpm: Int) -> ShadowDifference? {
        hear("cmd/press-1/start/proposed", #"{"action":"start","rpm":\#(rpm)}"#).first
    }
}

@Suite("Rules in shadow")
struct ShadowTests {
    private static func rules(_ limit: Int, _ more: String = "") -> String {
        pressRules(
            """
              - { name: may-run, on: press-commands, stance: support, weight: 1, when: 'true' }
              - name: too-fast
                on: press-commands
                stance: oppose
                weight: 10
                when: payload.rpm > \(limit)
            \(more)
            """)
    }

    @Test("a verdict that turns is told with both sides, and the rules that made it")
    func flips() throws {
        var minds = try TwoMinds(Self.rules(1_500), shadow: Self.rules(2_000))
        #expect(minds.propose(rpm: 1_000) == nil)
        let foundDifference = minds.propose(rpm: 1_800)
        let found = try #require(foundDifference)
        #expect(found.kind == .denyToAllow && found.rules == ["too-fast"])
        #expect(found.entity == "press-1" && found.route == "press-commands")
        #expect(found.active != found.shadow && found.eventSequence == minds.active.mind.sequence)
        let body = json(found.json)
        #expect(body["kind"]?.string == "deny_to_allow" && body["action"]?.string == "start")
        #expect(body["active"]?["approved"]?.bool == false)
        #expect(body["shadow"]?["approved"]?.bool == true)
        #expect(body["active"]?["decision_id"]?.string == "log-3")
        #expect(body["shadow"]?["decision_id"] == nil)
        #expect(body["shadow"]?["ruleset"]?.string == found.shadow)
        var back = try TwoMinds(Self.rules(2_000), shadow: Self.rules(1_500))
        #expect(back.propose(rpm: 1_800)?.kind == .allowToDeny)
    }

    @Test("the same verdict by another score is a difference of its own, by its heaviest rule")
    func scores() throws {
        let more = """
              - { name: odd, on: press-commands, stance: oppose, weight: 2, when: payload.rpm > 5 }
              - { name: fail, on: press-commands, stance: oppose, when: payload.none > 5 }
            """
        var minds = try TwoMinds(Self.rules(1_500), shadow: Self.rules(1_500, more))
        let foundDifference = minds.propose(rpm: 3_000)
        let found = try #require(foundDifference)
        #expect(found.kind == .score)
        // A failure denies, whatever the others weigh.
        #expect(found.rules == ["fail", "odd"])
    }

    @Test("a proposal that only one of both judges is told of")
    func unjudged() throws {
        let none = "routes: [{ name: other, topic: x }]\n"
        var minds = try TwoMinds(Self.rules(1_500), shadow: none)
        let foundDifference = minds.propose(rpm: 1)
        let found = try #require(foundDifference)
        #expect(found.kind == .unjudged && found.rules == ["may-run"])
        #expect(json(found.json)["shadow"]?["approved"] == .null)
        var others = try TwoMinds(none, shadow: Self.rules(1_500))
        let otherDifference = others.propose(rpm: 1)
        let other = try #require(otherDifference)
        #expect(other.kind == .unjudged)
        #expect(json(other.json)["active"]?["approved"] == .null)
        // In no log: nothing that is in force wanted it.
        #expect(other.eventSequence == nil)
    }

    private static func hot(_ limit: Int, _ more: String = "") -> String {
        pressRules(
            """
              - name: hot
                on: press-telemetry
                when: payload.temp > \(limit)
                message: too hot
            \(more)
            """)
    }

    @Test("alerts that only one raises are told of once, when the first of both begins")
    func alerts() throws {
        var minds = try TwoMinds(Self.hot(80), shadow: Self.hot(60))
        let topic = "plant/a/p1/telemetry"
        let new = minds.hear(topic, #"{"temp":70}"#)
        #expect(new.map(\.kind) == [.alertNew] && new[0].rules == ["hot"])
        #expect(json(new[0].json)["shadow"]?["message"]?.string == "too hot")
        #expect(json(new[0].json)["active"]?["firing"]?.bool == false)
        #expect(minds.hear(topic, #"{"temp":90}"#).isEmpty)
        #expect(minds.hear(topic, #"{"temp":10}"#).isEmpty)
        // Both at once.
        #expect(minds.hear(topic, #"{"temp":90}"#).isEmpty)
        var less = try TwoMinds(Self.hot(60), shadow: Self.hot(80))
        #expect(less.hear(topic, #"{"temp":70}"#).map(\.kind) == [.alertMissing])
        #expect(less.hear(topic, #"{"temp":90}"#).isEmpty)
    }

    @Test("a rule in mode shadow runs as an active one, and only there")
    func modes() throws {
        let more = """
              - { name: wet, on: press-telemetry, when: payload.wet, mode: shadow }
              - { name: dry, on: press-telemetry, when: payload.dry, mode: 'off' }
            """
        var minds = try TwoMinds(Self.hot(80, more))
        let found = minds.hear("plant/a/p1/telemetry", #"{"wet":true,"dry":true,"temp":90}"#)
        #expect(found.map(\.kind) == [.alertNew] && found.map(\.rules) == [["wet"]])
        #expect(try MindUnderTest(Self.hot(80)).mind.ruleset?.withShadowRules == nil)
    }

    @Test("timers of a shadow are its own")
    func timers() throws {
        let held = """
              - { name: held, on: press-telemetry, when: payload.temp > 5, for: 10s, mode: shadow }
            """
        var minds = try TwoMinds(withoutEpisodes + Self.hot(80, held))
        minds.hear("plant/a/p1/telemetry", #"{"temp":50}"#)
        #expect(minds.active.mind.nextTimer == nil)
        #expect(minds.shadow.nextTimer == minds.active.at + .seconds(10))
        let found = minds.tick(after: .seconds(10))
        // Nothing in force was due: the log does not have it.
        #expect(found.map(\.kind) == [.alertNew] && found[0].eventSequence == nil)
    }

    @Test("a shadow begins with what is known, and its trust is its own")
    func knowledge() throws {
        let memory = """
              - { name: known, on: press-commands, stance: support, when: has(device.last.temp) }
            """
        let feeling = """
              - name: hot
                on: press-telemetry
                when: payload.temp > 80
                actions: [{ feel: { emotion: anger, weight: 100 } }]
            """
        var active = try MindUnderTest(pressRules(memory))
        _ = active.hear("plant/a/press-1/telemetry", #"{"temp":20}"#)
        var shadow = active.mind.shadow(under: try loadRules(pressRules(memory + "\n" + feeling)))
        #expect(shadow.sequence == active.mind.sequence + 1)
        let body = Event.Body.message(
            Message(
                topic: "cmd/press-1/start/proposed", payload: Array(#"{"action":"a"}"#.utf8)))
        let event = Event(sequence: active.mind.sequence + 1, at: active.at, body: body)
        #expect(shadow.perceiveInShadow(event).decisions.first?.isPositive == true)
        let before = active.mind.checkpoint()
        let hot = Message(
            topic: "plant/a/press-1/telemetry", payload: Array(#"{"temp":90}"#.utf8))
        let raised = shadow.perceiveInShadow(
            Event(sequence: event.sequence, at: active.at, body: .message(hot)))
        #expect(raised.souls.count == 1)
        #expect(active.mind.checkpoint() == before)
    }
}
