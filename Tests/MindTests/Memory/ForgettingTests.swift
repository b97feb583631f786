import Core
import Testing

@testable import Mind

@Suite("Forgetting an entity in the mind")
struct ForgettingTests {
    private static let gone = "press-7/ä"
    private static let rules = """
        routes:
          - name: t
            topic: plant/{line}/{device...}
            entity: "{device}"
          - name: c
            guard:
              propose: cmd/{verb}/{device...}
              approved: do/{verb}/{device...}
              denied: no/{verb}/{device...}
            entity: "{device}"
            default: approve
        rules:
          - { name: hot, on: t, when: payload.temp > 80.0, keep_firing_for: 40s }
          - { name: rising, on: t, when: 'over.avg(payload.temp, "60s") > 70.0', for: 3s }
          - { name: silent, on: t, absent: 500s }
          - { name: odd, on: t, when: 'baseline.zscore(payload.temp) > 3.0', cooldown: 20s }
          - { name: busy, on: c, stance: oppose, when: 'over.count(1, "1m") > 3' }
          - { name: moved, on: t, when: changed(payload.mode) }

        """

    private struct Entry {
        var at: Int
        var entity: String
        var topic: String
        var payload: String
    }

    /// Messages of three devices, of which one is forgotten later.
    private static func history(seed: UInt64, count: Int) -> [Entry] {
        var random = SeededGenerator(seed: seed)
        var now = 0
        return (0..<count).map { _ in
            now += Int.random(in: 1...6, using: &random)
            let entity = [gone, "press-8", "press-9"].randomElement(using: &random) ?? ""
            if Int.random(in: 0..<6, using: &random) == 0 {
                return Entry(at: now, entity: entity, topic: "cmd/start/\(entity)", payload: "{}")
            }
            let (temp, mode) = (
                Int.random(in: 40...95, using: &random), Int.random(in: 0...3, using: &random)
            )
            return Entry(
                at: now, entity: entity, topic: "plant/\(mode)/\(entity)",
                payload: #"{"temp":\#(temp).5,"mode":\#(mode)}"#)
        }
    }

    private static func events(
        _ history: [Entry], erasing: Bool
    ) -> [Event] {
        history.enumerated().map { index, entry in
            let isErased = erasing && entry.entity == gone
            let message = Message(topic: entry.topic, payload: Array(entry.payload.utf8))
            return Event(
                sequence: EventSequence(index + 2), at: time(entry.at),
                body: isErased ? .tick : .message(message))
        }
    }

    private static func time(_ seconds: Int) -> Timestamp {
        Timestamp(microseconds: 1_700_000_000_000_000 + Int64(seconds) * 1_000_000)
    }

    private static func forgetting(_ name: String, after last: Event) -> Event {
        Event(
            sequence: last.sequence + 1, at: last.at,
            body: .control(
                .forgotten(
                    digest: MindUnderTest.settings.forgottenDigest(of: name), author: "ann")))
    }

    private func begin() throws -> Mind { try MindUnderTest(Self.rules).mind }

    /// Numbers of decisions within an event depend on who else was decided about.
    private func others(_ outcome: Outcome) -> [String] {
        outcome.decisions.filter { $0.entity != Self.gone }
            .map { "\($0.kind) \($0.entity) \($0.at) \($0.isPositive)" }
    }

    @Test(
        "the mind afterwards is the same live, from the erased log, and from a checkpoint between",
        arguments: 1...12)
    func same(_ seed: UInt64) throws {
        print("seed \(seed)")
        let history = Self.history(seed: seed, count: 600)
        let (all, erased) = (
            Self.events(history, erasing: false), Self.events(history, erasing: true)
        )
        var (live, replayed) = (try begin(), try begin())
        for (one, other) in zip(all, erased) {
            let told = live.perceive(one, isLogged: true)
            #expect(others(told) == others(replayed.perceive(other, isLogged: true)))
        }
        #expect(text(live.checkpoint()).contains(Self.gone))
        let event = Self.forgetting(Self.gone, after: try #require(all.last))
        let outcome = live.perceive(event, isLogged: true)
        #expect(outcome.decisions.isEmpty && outcome.isRecorded && outcome.memories.isEmpty)
        #expect(replayed.perceive(event, isLogged: true).publications.isEmpty)
        #expect(!text(live.checkpoint()).contains(Self.gone))
        #expect(!text(live.checkpoint()).contains("press-7"))
        #expect(live.entityCount == 2 && live.timerCount == replayed.timerCount)
        #expect(live.alertsFiring == replayed.alertsFiring)
        #expect(live.workingMemoryBytes == replayed.workingMemoryBytes)
        #expect(live.ruleStateBytes == replayed.ruleStateBytes)
        #expect(live.baselineBytes == replayed.baselineBytes)
        let restored = try Mind(
            settings: live.settings, checkpoint: live.checkpoint(), ruleset: live.ruleset)
        try goOn([live, replayed, restored], after: event, seed: seed + 100)
    }

    /// The same future gives the same judgements, also about the one that is known anew.
    private func goOn(_ minds: [Mind], after event: Event, seed: UInt64) throws {
        let start = Int((event.at.microseconds - 1_700_000_000_000_000) / 1_000_000)
        var minds = minds
        for (index, entry) in Self.history(seed: seed, count: 300).enumerated() {
            let next = Event(
                sequence: event.sequence + EventSequence(index + 1),
                at: Self.time(start + entry.at),
                body: .message(
                    Message(topic: entry.topic, payload: Array(entry.payload.utf8))))
            var told: [[String]] = []
            for place in minds.indices {
                let outcome = minds[place].perceive(next, isLogged: true)
                told.append(
                    outcome.decisions.map { "\($0.id) \($0.entity) \($0.isPositive)" })
            }
            #expect(told.dropFirst().allSatisfy { $0 == told[0] })
        }
        #expect(minds[0].checkpoint() == minds[2].checkpoint())
    }

    @Test("what the broker keeps of its alerts is cleared, those that fire and those that ended")
    func alerts() throws {
        var subject = try MindUnderTest(Self.rules)
        for device in ["press-8", Self.gone] {
            _ = subject.hear("plant/0/\(device)", #"{"temp":90,"mode":1}"#)
            _ = subject.hear("plant/0/\(device)", #"{"temp":20,"mode":1}"#)
            _ = subject.hear("plant/0/\(device)", #"{"temp":20,"mode":2}"#, after: .seconds(50))
            _ = subject.hear("plant/0/\(device)", #"{"temp":91,"mode":2}"#, after: .seconds(100))
        }
        let digest = MindUnderTest.settings.forgottenDigest(of: Self.gone)
        let event = Event(
            sequence: subject.mind.sequence + 1, at: subject.at,
            body: .control(.forgotten(digest: digest, author: "")))
        let firing = subject.mind.alertsFiring
        let outcome = subject.mind.perceive(event)
        #expect(!outcome.publications.isEmpty)
        for publication in outcome.publications {
            #expect(publication.retain && publication.payload.isEmpty)
            #expect(publication.topic.hasSuffix("/press-7%2Fä"))
            #expect(publication.topic.hasPrefix("jamey/edge-1/alerts/"))
        }
        #expect(outcome.topics.contains("jamey/edge-1/alerts/hot/press-7%2Fä"))
        #expect(outcome.topics.contains("jamey/edge-1/alerts/moved/press-7%2Fä"))
        #expect(Set(outcome.topics).count == outcome.topics.count)
        #expect(subject.mind.alertsFiring < firing && subject.mind.alertsFiring > 0)
        // What was counted says how many fire, also without a decision that ended them.
        #expect(outcome.alertsDropped == firing - subject.mind.alertsFiring)
        let counted = subject.mind.ruleCounts.reduce(0) { $0 + $1.raised - $1.resolved }
        #expect(counted == subject.mind.alertsFiring)
    }

    @Test("another's digest, or one of another log, changes nothing")
    func nobody() throws {
        var mind = try begin()
        let events = Self.events(Self.history(seed: 3, count: 50), erasing: false)
        for event in events { _ = mind.perceive(event, isLogged: true) }
        let before = mind.checkpoint().count
        var foreign = Self.forgetting("press-77", after: try #require(events.last))
        #expect(mind.perceive(foreign).publications.isEmpty)
        let settings = Mind.Settings(root: "jamey/edge-1", logID: "other")
        foreign.sequence += 1
        foreign.body = .control(
            .forgotten(digest: settings.forgottenDigest(of: Self.gone), author: ""))
        _ = mind.perceive(foreign)
        #expect(mind.checkpoint().count == before && mind.entityCount == 3)
    }
}
