import Core
import Testing

@testable import Mind

@Suite("Souls through recovery")
struct SoulRecoveryTests {
    private static let yaml =
        "soul: { half_life: 10m, auto_record: true, alert: { info: joy } }\n"
        + pressRules(
            """
              - { name: hot, on: press-telemetry, when: payload.temp > 80, severity: critical }
              - name: warm
                on: press-telemetry
                when: payload.temp > 60
                for: 5s
                severity: info
                actions: [{ feel: { emotion: sadness, weight: 0.7 } }]
              - { name: wary, on: press-telemetry, when: device.trust < 0.3 }
              - { name: mute, on: press-telemetry, absent: 1m }

            """ + stance("low", "oppose", when: "device.trust < 0.5")
                + stance("fine", "support", when: "device.mood != \"anger\""))

    private static func history(_ random: inout SeededGenerator) -> [Event.Body] {
        (0..<400).map { _ in
            let device = "press-\(Int.random(in: 0..<5, using: &random))"
            let topic: String
            switch Int.random(in: 0..<6, using: &random) {
            case 0: topic = "cmd/\(device)/start/proposed"
            case 1:
                let emotion = Emotion.allCases.randomElement(using: &random) ?? .joy
                let actions: [SoulRequest.Action] = [
                    .record(emotion, weight: 300_000_001, note: ""), .set(0.3),
                    .decay(halfLives: 0.3), .forget,
                ]
                let action = actions.randomElement(using: &random) ?? .forget
                return .control(.soul(SoulRequest(entity: device, action: action)))
            case 2: return .tick
            case _: topic = "plant/1/\(device)/telemetry"
            }
            let payload = "{\"temp\":\(Int.random(in: 40...100, using: &random))}"
            return .message(Message(topic: topic, payload: Array(payload.utf8)))
        }
    }

    @Test("a mind from any checkpoint goes on to the same souls, evidence and verdicts")
    func same() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        var live = try MindUnderTest(Self.yaml)
        live.mind.souls.countMax = 4
        let bodies = Self.history(&random)
        let cut = Int.random(in: 1..<bodies.count, using: &random)
        var restored: Mind?
        var kinds: Set<String> = []
        for (index, body) in bodies.enumerated() {
            if index == cut {
                var mind = try Mind(
                    settings: MindUnderTest.settings, checkpoint: live.mind.checkpoint(),
                    ruleset: live.mind.ruleset)
                mind.souls.countMax = 4
                restored = mind
            }
            live.at = live.at + .microseconds(Int64.random(in: 0...20_000_000, using: &random))
            let event = Event(sequence: live.mind.sequence + 1, at: live.at, body: body)
            let outcome = live.mind.perceive(event)
            for piece in outcome.evidence { kinds.insert(piece.source.rawValue) }
            guard var mind = restored else { continue }
            let again = mind.perceive(event)
            restored = mind
            #expect(again.judgement == outcome.judgement, "seed \(seed): \(index)")
        }
        #expect(restored?.checkpoint() == live.mind.checkpoint(), "seed \(seed)")
        #expect(kinds == ["rule", "alert", "verdict", "person"], "seed \(seed)")
    }

    private func souls(_ mind: Mind) -> [(entity: String, soul: Soul)] {
        var souls: [(entity: String, soul: Soul)] = []
        mind.forEachSoul { souls.append(($0, $1)) }
        return souls
    }

    private func isSame(_ mind: Mind, _ other: Mind) -> Bool {
        souls(mind).elementsEqual(souls(other)) { $0.entity == $1.entity && $0.soul == $1.soul }
    }

    @Test("what is left of a log does not move souls of its end again; what follows does")
    func middle() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        var live = try MindUnderTest(Self.yaml)
        var events: [Event] = []
        for body in Self.history(&random) {
            live.at = live.at + .microseconds(Int64.random(in: 0...20_000_000, using: &random))
            let event = Event(sequence: live.mind.sequence + 1, at: live.at, body: body)
            if live.mind.perceive(event).isRecorded { events.append(event) }
        }
        let gone = Int.random(in: 0...events.count, using: &random)
        var mind = Mind(settings: MindUnderTest.settings)
        // The first event was the rule set.
        mind.begin(
            after: EventSequence(gone) + 1, under: live.mind.ruleset,
            believing: souls(live.mind), asOf: live.mind.sequence, at: live.at)
        for event in events[gone...] {
            #expect(mind.perceive(event, isLogged: true).souls.isEmpty, "seed \(seed)")
        }
        #expect(mind.sequence == live.mind.sequence && isSame(mind, live.mind), "seed \(seed)")
        for action in [
            SoulRequest.Action.record(.joy, weight: Soul.piece, note: ""), .set(0.4), .forget,
        ] {
            let sequence = live.mind.sequence + 1
            let told = live.control(SoulRequest(entity: "press-1", action: action))
            let event = Event(
                sequence: sequence, at: live.at,
                body: .control(.soul(SoulRequest(entity: "press-1", action: action))))
            #expect(mind.perceive(event).souls.count == told.souls.count, "seed \(seed)")
            #expect(isSame(mind, live.mind), "seed \(seed)")
        }
    }

    @Test("rules that ask for trust find it in what is left of a log")
    func trustInTheMiddle() throws {
        var subject = try MindUnderTest(Self.yaml)
        var soul = Soul(at: subject.at)
        soul.set(0.05, at: subject.at, halfLife: .seconds(600))
        subject.mind.begin(
            after: 41, under: subject.mind.ruleset, believing: [("press-1", soul)], asOf: 42,
            at: subject.at)
        let left = subject.hear("plant/1/press-1/telemetry", #"{"temp":20}"#)
        #expect(left.documents.map { $0["rule"]?.string } == ["wary"])
        #expect(left.souls.isEmpty)
        let next = subject.hear("plant/1/press-1/telemetry", #"{"temp":90}"#)
        #expect(next.evidence.map(\.origin) == ["hot"])
        #expect(next.evidence.first?.soul.changes == soul.changes + 1)
    }

    @Test("what several routes feel at one moment comes to the same in either order")
    func orderOfRoutes() throws {
        func trust(_ first: String, _ second: String) throws -> UInt64 {
            var subject = try MindUnderTest(
                pressRules(
                    [first, second].map { emotion in
                        """
                          - name: r-\(emotion)
                            on: press-telemetry
                            when: payload.temp > 80
                            actions: [{ feel: { emotion: \(emotion), weight: 0.3 } }]

                        """
                    }.joined()))
            _ = subject.control(SoulRequest(entity: "press-7", action: .set(0.37)))
            _ = subject.hear(telemetry, #"{"temp":90}"#, after: .seconds(12_345))
            return subject.mind.trust(of: "press-7", at: subject.at).bitPattern
        }
        #expect(try trust("joy", "anger") == trust("anger", "joy"))
        #expect(try trust("love", "sadness") == trust("sadness", "love"))
    }
}
