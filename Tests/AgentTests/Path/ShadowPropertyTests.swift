import Core
import Mind
import Store
import TestSupport
import Testing

@testable import Agent

@Suite("Rules in shadow change nothing")
struct ShadowPropertyTests {
    /// All that an agent leaves behind, but for what it tells of itself and of the shadow.
    private struct Traces: Equatable {
        var events: [Event] = []
        var decisions: [Decision] = []
        var published: [Publication] = []
        var checkpoint: [UInt8] = []
    }

    private static let shadow = """
        routes:
          - { name: all, topic: "t/all/{device}", entity: "{device}", record: changed }
          - { name: every, topic: "t/every/{device}", entity: "{device}", record: all }
          - name: commands
            guard:
              propose: cmd/{device}/{verb}/proposed
              approved: cmd/{device}/{verb}
              denied: cmd/{device}/{verb}/denied
            entity: "{device}"
            default: approve
        rules:
          - name: hot
            on: all
            when: has(payload.temp) && payload.temp > 60
            for: 3s
            actions:
              - publish: { topic: "alarm/{device}", payload: '{"n": payload.n}', qos: 1 }
              - feel: { emotion: anger, weight: 50 }
              - remember: { layer: semantic, content: '"hot"' }
          - { name: gone, on: every, absent: 5s }
          - { name: trust, on: commands, stance: support, when: device.trust > 0.4 }
          - { name: slow, on: commands, stance: oppose, when: payload.rpm > 400 }
          - { name: wrong, on: commands, stance: oppose, when: payload.missing > 1 }

        """

    private static func traces(seed: UInt64, isShadowed: Bool) throws -> (Traces, Int) {
        let directory = try TestDirectory("shadow")
        let path = directory.path + "/jamey.db"
        let test = try AgentUnderTest(
            path, shadowRules: isShadowed ? WrittenRules(shadow) : nil)
        var random = SimRandom(seed: seed)
        test.connect()
        for number in 0..<300 {
            test.clock.advance(.milliseconds(Int.random(in: 0...1_500, using: &random)))
            var messages: [Message] = []
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let device = "d\(Int.random(in: 0..<4, using: &random))"
                let kind = ["all", "changed", "every", "none", "cmd"].randomElement(using: &random)
                let value = Int.random(in: 0...100, using: &random)
                let isCommand = kind == "cmd"
                messages.append(
                    Message(
                        topic: isCommand
                            ? "cmd/\(device)/go/proposed" : "t/\(kind ?? "all")/\(device)",
                        payload: Array(
                            (isCommand
                                ? #"{"action":"go","rpm":\#(value * 30)}"#
                                : #"{"n":\#(number),"temp":\#(value)}"#).utf8),
                        qos: Bool.random(using: &random) ? .atLeastOnce : .atMostOnce,
                        packetID: UInt16(number % 1_000 + 1)))
            }
            test.turn(messages: messages)
        }
        var traces = Traces()
        traces.checkpoint = test.agent.mind.checkpoint()
        let reader = try StoreReader(path: path)
        try reader.forEachEvent { event in
            traces.events.append(event)
            return true
        }
        traces.decisions = try reader.decisions(DecisionQuery(limit: 100_000)).map(\.decision)
        let own = ["health", "metrics", "status", "availability", "conscience/shadow"]
        traces.published = test.link.published.filter { publication in
            !own.contains { publication.topic == "jamey/n/" + $0 }
                && !publication.topic.hasPrefix("jamey/n/events/")
        }
        return (traces, test.agent.counters.shadowDifferences.values.reduce(0, +))
    }

    @Test("decisions, events, messages and the mind are byte for byte the same", arguments: 1...8)
    func same(_ seed: UInt64) throws {
        let (alone, none) = try Self.traces(seed: seed, isShadowed: false)
        let (shadowed, differences) = try Self.traces(seed: seed, isShadowed: true)
        #expect(none == 0 && differences > 20, "seed \(seed): \(differences) differences")
        #expect(alone.events.count > 100 && alone.decisions.count > 20, "seed \(seed)")
        #expect(alone.events == shadowed.events, "seed \(seed)")
        #expect(alone.decisions == shadowed.decisions, "seed \(seed)")
        #expect(alone.published == shadowed.published, "seed \(seed)")
        #expect(alone.checkpoint == shadowed.checkpoint, "seed \(seed)")
    }
}
