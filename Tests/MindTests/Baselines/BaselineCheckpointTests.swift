import Core
import Testing

@testable import Mind

/// Devices that come and go, say more or less, and have spikes; folded whole and in parts.
@Suite("What was learned, in the checkpoint")
struct BaselineCheckpointTests {
    private static let routes = """
        routes:
          - { name: t, topic: "t/{device}", entity: "{device}" }
          - { name: u, topic: "u/{device}", entity: "{device}", record: changed }

        """
    private static let sets = [
        """
        rules:
          - { name: z, on: [t, u], when: 'baseline.zscore(payload.a) > 4.0' }
          - { name: q, on: t, when: 'payload.b > baseline.quantile(payload.b, 0.98)' }
          - name: j
            on: [t, u]
            when: baseline.joint() > 0.4
            keep_firing_for: 20s
            messageExpression: 'baseline.departed().join(",") + string(baseline.joint())'
          - { name: f, on: t, when: 'baseline.joint() > 0.2', for: 3s }
        """,
        """
        rules:
          - { name: y, on: u, when: 'baseline.zscore(payload.c) > 4.0' }
          - { name: j, on: [u, t], when: baseline.joint() > 0.5 }
          - { name: z, on: t, when: 'baseline.zscore(payload.a) > 3.0' }
        """,
    ]

    private enum Step {
        case message(topic: String, payload: String)
        case rules(Int)
    }

    private static func history(seed: UInt64, count: Int) -> [(after: Duration, step: Step)] {
        var random = SeededGenerator(seed: seed)
        var loads = [Double](repeating: 0, count: 3)
        return (0..<count).map { number in
            let isLong = Int.random(in: 0..<200, using: &random) == 0
            let after: Duration = isLong ? .seconds(30_000) : .milliseconds(number % 3 * 700)
            if Int.random(in: 0..<700, using: &random) == 0 {
                return (after, .rules(Int.random(in: 0..<2, using: &random)))
            }
            // The first device is there most of the time.
            let device = max(0, Int.random(in: -40..<3, using: &random))
            loads[device] += Double.random(in: -1...1, using: &random)
            let spike = Int.random(in: 0..<90, using: &random) == 0 ? 1e6 : 0
            var fields = [
                "\"a\":\(loads[device] + spike)", "\"b\":\(9 - loads[device] + spike)",
                "\"c\":\(Int.random(in: 0..<9, using: &random))",
            ]
            if Int.random(in: 0..<20, using: &random) == 0 { fields.remove(at: number % 3) }
            if Int.random(in: 0..<9, using: &random) == 0 { fields.reverse() }
            let route = Int.random(in: 0..<4, using: &random) == 0 ? "u" : "t"
            return (
                after,
                .message(
                    topic: "\(route)/\(device)", payload: "{\(fields.joined(separator: ","))}")
            )
        }
    }

    /// - Parameter restarts: How many of a thousand steps come after a restart.
    private static func fold(
        _ history: [(after: Duration, step: Step)], restarts: Int, seed: UInt64
    ) throws -> (outcomes: [Outcome], mind: Mind) {
        var random = SeededGenerator(seed: seed)
        var subject = try MindUnderTest(routes + sets[0])
        subject.mind.entities.countMax = 2
        var outcomes: [Outcome] = []
        for entry in history {
            if Int.random(in: 0..<1_000, using: &random) < restarts {
                let bytes = subject.mind.checkpoint()
                subject.mind = try Mind(
                    settings: MindUnderTest.settings, checkpoint: bytes,
                    ruleset: subject.mind.ruleset)
                subject.mind.entities.countMax = 2
                #expect(subject.mind.checkpoint() == bytes)
            }
            switch entry.step {
            case .message(let topic, let payload):
                outcomes.append(subject.hear(topic, payload, after: entry.after))
            case .rules(let set): outcomes.append(try subject.activate(routes + sets[set]))
            }
        }
        return (outcomes.map(\.judgement), subject.mind)
    }

    @Test("a mind that was restored at any moments is the same as one that never was")
    func restarts() throws {
        for seed: UInt64 in 1...3 {
            let history = Self.history(seed: seed, count: 2_000)
            let whole = try Self.fold(history, restarts: 0, seed: seed)
            let rules = Set(whole.outcomes.flatMap(\.documents).compactMap { $0["rule"]?.string })
            #expect(rules.isSuperset(of: ["z", "q", "j"]), "seed \(seed): \(rules)")
            for restarts in [5, 60] {
                let parts = try Self.fold(history, restarts: restarts, seed: seed &* 77)
                #expect(parts.outcomes == whole.outcomes, "seed \(seed), \(restarts)")
                #expect(parts.mind.checkpoint() == whole.mind.checkpoint(), "seed \(seed)")
                #expect(parts.mind.baselineBytes == whole.mind.baselineBytes, "seed \(seed)")
            }
        }
    }

    @Test("where the digest was made for the damage, it is an error or another mind, no crash")
    func forged() throws {
        var subject = try MindUnderTest(Self.routes + Self.sets[0])
        for entry in Self.history(seed: 9, count: 450) {
            guard case .message(let topic, let payload) = entry.step else { continue }
            _ = subject.hear(topic, payload, after: entry.after)
        }
        let content = Array(subject.mind.checkpoint().dropLast(32))
        var minds = 0
        for place in stride(from: 1, to: content.count, by: 7) {
            for value: UInt8 in [0, 1, 0x7F, 0xFF] where content[place] != value {
                var damaged = content
                damaged[place] = value
                let mind = try? Mind(
                    settings: MindUnderTest.settings, checkpoint: Mind.sealed(damaged),
                    ruleset: subject.mind.ruleset)
                guard let mind else { continue }
                minds += 1
                var other = subject
                other.mind = mind
                other.mind.sequence = 7
                for number in 0..<2 { _ = other.hear("t/0", #"{"a":\#(number),"b":1}"#) }
            }
        }
        #expect(minds > 400)
    }
}
