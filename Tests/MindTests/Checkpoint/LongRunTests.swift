import Core
import Testing

@testable import Mind

/// Thirty days of a plant: windows, timers, proposals, reloads; folded whole, in parts, and from
/// the log alone.
@Suite("Thirty days")
struct LongRunTests {
    private static let routes = """
        routes:
          - { name: all, topic: "plant/{device}/telemetry" }
          - { name: rare, topic: "rare/{device}", record: every 20m }
          - { name: never, topic: "never/{device}", record: none }
          - name: judged
            guard: { propose: "cmd/{device}/p", approved: "cmd/{device}", denied: "no/{device}" }

        """
    private static let rules = """
        rules:
          - { name: hot, on: all, when: payload.t > 80, for: 40m, keep_firing_for: 20m }
          - { name: warm, on: [all, never], when: payload.t > 60, cooldown: 1d }
          - { name: mute, on: [all, rare], absent: 6h, cooldown: 1d }
          - { name: mean, on: all, when: 'over.avg(payload.t, "1d") > 52.0' }
          - { name: wide, on: all, when: 'over.stddev(payload.t, "12h") > 29.0', for: 10m }
          - name: ends
            on: all
            when: >-
              over.max(payload.t, "3h") - over.min(payload.t, "3h") > 92.0 &&
              over.count(payload.t, "7d") > 50
          - { name: high, on: all, when: 'over.quantile(payload.t, 0.95, "3d") > 96.0' }
          - { name: fast, on: all, when: 'over.rate(payload.n, "1d") > 0.0018' }
          - { name: heavy, on: rare, when: 'over.sum(payload.t, "30d") > 3000.0' }
          - { name: new, on: all, when: changed(payload.s), actions: [{ feel: { emotion: joy } }] }
          - { name: often, on: judged, stance: oppose, when: 'over.count(1, "1d") > 4' }
          - { name: fine, on: judged, stance: support, weight: 0.5, when: 'true' }

        """
    /// The same but for one rule, whose state is forgotten.
    private static let sets = [
        routes + rules,
        routes + rules.replacing("payload.t > 80, for: 40m", with: "payload.t > 70, for: 50m"),
    ]

    private enum Step {
        case message(topic: String, payload: String)
        case rules(Int)
    }

    private static func history(_ random: inout SeededGenerator) -> [(Duration, Step)] {
        var steps: [(Duration, Step)] = []
        var minutes = 0
        var counter = 0
        while minutes < 30 * 24 * 60 {
            let pause = Int.random(in: 0..<400, using: &random) == 0 ? 700 : 0
            let step = Int.random(in: 0...30, using: &random) + pause
            minutes += step
            let device = Int.random(in: 0..<3, using: &random)
            counter += Int.random(in: 0..<5, using: &random)
            if counter > 1_000 { counter = 0 }
            let day = minutes / 1_440
            let t = (Int.random(in: 0...100, using: &random) + day * 7 % 60) % 101
            let s = Int.random(in: 0..<8, using: &random) == 0 ? day : 0
            let topics = [
                "plant/\(device)/telemetry", "plant/\(device)/telemetry", "rare/\(device)",
                "never/\(device)", "cmd/\(device)/p",
            ]
            let topic = topics.randomElement(using: &random) ?? ""
            let body =
                Int.random(in: 0..<60, using: &random) == 0
                ? "{" : #"{"t":\#(t),"n":\#(counter),"s":\#(s)}"#
            let isReload = Int.random(in: 0..<300, using: &random) == 0
            steps.append(
                (
                    .seconds(step * 60 + Int.random(in: 0..<60, using: &random)),
                    isReload ? .rules(device % 2) : .message(topic: topic, payload: body)
                ))
        }
        return steps
    }

    private struct Fold {
        var subject: MindUnderTest
        var outcomes: [Outcome] = []
        var events: [Event] = []

        mutating func take(_ outcome: Outcome, _ body: Event.Body, after before: EventSequence) {
            outcomes.append(outcome.judgement)
            guard outcome.isRecorded else { return }
            events.append(Event(sequence: before + 1, at: subject.at, body: body))
        }
    }

    private static func fold(
        _ history: [(Duration, Step)], restarting: () -> Bool
    ) throws -> Fold {
        var fold = Fold(subject: try MindUnderTest(sets[0]))
        for (pause, step) in history {
            if restarting() {
                let bytes = fold.subject.mind.checkpoint()
                fold.subject.mind = try Mind(
                    settings: MindUnderTest.settings, checkpoint: bytes,
                    ruleset: fold.subject.mind.ruleset)
                #expect(fold.subject.mind.checkpoint() == bytes)
            }
            let until = fold.subject.at + pause
            // As the agent does: a tick when a timer falls due before the next message.
            while let due = fold.subject.mind.nextTimer, due < until {
                let before = fold.subject.mind.sequence
                let outcome = fold.subject.tick(after: due - fold.subject.at)
                #expect(outcome.isRecorded)
                fold.take(outcome, .tick, after: before)
            }
            let before = fold.subject.mind.sequence
            let rest = until - fold.subject.at
            switch step {
            case .message(let topic, let payload):
                let message = Message(topic: topic, payload: Array(payload.utf8))
                let outcome = fold.subject.hear(message, after: rest)
                fold.take(outcome, .message(message), after: before)
            case .rules(let set):
                fold.subject.at = until
                let outcome = try fold.subject.activate(sets[set])
                fold.take(outcome, .ruleset(digest: "\(set)"), after: before)
            }
        }
        return fold
    }

    @Test("give the same outcomes restored at any points as uninterrupted", arguments: 1...3)
    func restarts(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let history = Self.history(&random)
        let whole = try Self.fold(history) { false }
        let parts = try Self.fold(history) { Int.random(in: 0..<20, using: &random) == 0 }
        #expect(whole.outcomes == parts.outcomes, "seed \(seed)")
        #expect(whole.subject.mind.checkpoint() == parts.subject.mind.checkpoint(), "seed \(seed)")
        let named = whole.outcomes.flatMap(\.documents)
        for rule in [
            "hot", "warm", "mute", "mean", "wide", "ends", "high", "fast", "heavy", "new",
        ] {
            let states = named.filter { $0["rule"]?.string == rule }
                .compactMap { $0["state"]?.string }
            #expect(states.contains("firing"), "seed \(seed): \(rule) never fired")
            #expect(
                states.contains("resolved") || rule == "heavy",
                "seed \(seed): \(rule) was never resolved")
        }
        let denied = named.filter { $0["approved"]?.bool == false }
        #expect(denied.count > 10, "seed \(seed)")
        #expect(!whole.outcomes.flatMap(\.evidence).isEmpty)
    }

    @Test("follow from the log alone", arguments: 4...5)
    func replay(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let whole = try Self.fold(Self.history(&random)) { false }
        var subject = try MindUnderTest(Self.sets[0])
        var outcomes: [Outcome] = []
        for event in whole.events {
            if case .ruleset(let digest) = event.body {
                let set = try loadRules(Self.sets[digest == "0" ? 0 : 1])
                outcomes.append(subject.mind.activate(set, by: event).judgement)
            } else {
                outcomes.append(subject.mind.perceive(event, isLogged: true).judgement)
            }
        }
        #expect(outcomes == whole.outcomes.filter(\.isRecorded), "seed \(seed)")
        #expect(subject.mind.checkpoint() == whole.subject.mind.checkpoint(), "seed \(seed)")
    }
}
