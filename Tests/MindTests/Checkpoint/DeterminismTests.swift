import Core
import Testing

@testable import Mind

@Suite("Determinism")
struct DeterminismTests {
    private static let routes = """
        routes:
          - { name: all, topic: "plant/{line}/{device}/telemetry" }
          - { name: some, topic: "plant/1/{device}/+", record: changed }
          - { name: rare, topic: "rare/{device}", record: every 30s }
          - { name: never, topic: "never/{device}", record: none }
          - name: judged
            guard: { propose: "cmd/{device}/p", approved: "cmd/{device}", denied: "no/{device}" }

        """
    private static let sets = [
        """
        rules:
          - { name: hot, on: [all, some], when: payload.temp > 80 }
          - { name: cold, on: never, when: payload.temp < 10 }
          - { name: jump, on: all, when: 'has(device.previous) && device.previous != payload' }
          - { name: no, on: judged, stance: oppose, when: device.last.temp > 50 }
        """,
        """
        rules:
          - { name: cold, on: [never, rare], when: payload.temp < 10 }
          - { name: hot, on: some, when: payload.temp > 70 }
          - { name: yes, on: judged, stance: support, when: 'true' }
        """,
    ]

    enum Step {
        case message(Message)
        case rules(Int)
        case tick
    }

    static func history(seed: UInt64, count: Int) -> [(after: Duration, step: Step)] {
        var random = SeededGenerator(seed: seed)
        let payloads = [
            #"{"temp":90}"#, #"{"temp":75,"x":"y"}"#, #"{"temp":5}"#, "{", "7", #"{"temp":"z"}"#,
        ]
        return (0..<count).map { _ in
            let device = Int.random(in: 0..<6, using: &random)
            let topics = [
                "plant/1/\(device)/telemetry", "plant/2/\(device)/telemetry", "rare/\(device)",
                "never/\(device)", "cmd/\(device)/p", MindUnderTest.evaluate, "else",
            ]
            let isLong = Int.random(in: 0..<40, using: &random) == 0
            let after: Duration = isLong ? .seconds(90_000) : .seconds(device % 3)
            switch Int.random(in: 0..<50, using: &random) {
            case 0: return (after, .rules(device % 2))
            case 1: return (after, .tick)
            default:
                let topic = topics.randomElement(using: &random) ?? ""
                let payload = payloads.randomElement(using: &random) ?? ""
                return (after, .message(Message(topic: topic, payload: Array(payload.utf8))))
            }
        }
    }

    /// Small bounds, so that they are met.
    private static func narrow(_ mind: inout Mind) {
        mind.entities.countMax = 4
        mind.alerts.countMax = 3
    }

    /// Folds a history; where `restartEvery` is given, through a checkpoint at each of its steps.
    private func fold(
        _ history: [(after: Duration, step: Step)], restartEvery: Int?
    ) throws -> (outcomes: [Outcome], events: [Event], mind: Mind) {
        var subject = try MindUnderTest(Self.routes + Self.sets[0])
        Self.narrow(&subject.mind)
        var outcomes: [Outcome] = []
        var events: [Event] = []
        for (index, entry) in history.enumerated() {
            if let restartEvery, index % restartEvery == 0 {
                let bytes = subject.mind.checkpoint()
                subject.mind = try Mind(
                    settings: MindUnderTest.settings, checkpoint: bytes,
                    ruleset: subject.mind.ruleset)
                Self.narrow(&subject.mind)
                #expect(subject.mind.checkpoint() == bytes)
            }
            let sequence = subject.mind.sequence + 1
            var body = Event.Body.tick
            switch entry.step {
            case .message(let message):
                body = .message(message)
                outcomes.append(subject.hear(message, after: entry.after))
            case .tick: outcomes.append(subject.tick(after: entry.after))
            case .rules(let set):
                body = .ruleset(digest: "\(set)")
                outcomes.append(try subject.activate(Self.routes + Self.sets[set]))
            }
            if outcomes[index].isRecorded {
                events.append(Event(sequence: sequence, at: subject.at, body: body))
            }
        }
        return (outcomes.map(\.judgement), events, subject.mind)
    }

    @Test("the same history gives the same outcomes and the same mind, restarted or not")
    func restarts() throws {
        for seed: UInt64 in 1...8 {
            let history = Self.history(seed: seed, count: 600)
            let whole = try fold(history, restartEvery: nil)
            let unrecorded = whole.outcomes.filter { !$0.isRecorded }
            #expect(!unrecorded.isEmpty, "seed \(seed)")
            #expect(whole.outcomes.flatMap(\.decisions).count > 100, "seed \(seed)")
            let cleared = whole.outcomes.flatMap(\.publications).filter(\.payload.isEmpty)
            #expect(!cleared.isEmpty, "seed \(seed)")
            for step in [1, 3, 17] {
                let parts = try fold(history, restartEvery: step)
                #expect(parts.outcomes == whole.outcomes, "seed \(seed), every \(step)")
                #expect(
                    parts.mind.checkpoint() == whole.mind.checkpoint(),
                    "seed \(seed), every \(step)")
            }
        }
    }

    @Test("a mind that only judges decides the same, and says of alerts which and why")
    func judging() throws {
        for seed: UInt64 in 30...35 {
            let whole = try fold(Self.history(seed: seed, count: 600), restartEvery: nil)
            let recorded = whole.outcomes.filter(\.isRecorded)
            var subject = try MindUnderTest(Self.routes + Self.sets[0])
            Self.narrow(&subject.mind)
            #expect(subject.mind.judgeOnly() > 6)
            for (event, full) in zip(whole.events, recorded) {
                let outcome: Outcome
                if case .ruleset(let digest) = event.body {
                    let set = try loadRules(Self.routes + Self.sets[digest == "0" ? 0 : 1])
                    outcome = subject.mind.activate(set, by: event)
                } else {
                    outcome = subject.mind.perceive(event, isLogged: true)
                }
                let place: Comment = "seed \(seed), event \(event.sequence)"
                #expect(try outcome.decisions.map(outline) == full.decisions.map(outline), place)
                #expect(outcome.ruleFailures == full.ruleFailures, place)
                #expect(outcome.rollUps.isEmpty && outcome.souls == full.souls, place)
            }
            #expect(subject.mind.entityCount == whole.mind.entityCount)
            #expect(subject.mind.alertsFiring == whole.mind.alertsFiring)
        }
    }

    /// A verdict's whole JSON; of an alert what every mind says.
    private func outline(_ decision: Decision) throws -> [String] {
        let json = try JSONScanner.scan(decision.json)
        let said =
            decision.kind == .verdict
            ? [String(decoding: decision.json, as: UTF8.self)]
            : [json["rule"]?.string ?? "none", json["message"]?.string ?? "none"]
        return [
            decision.id, "\(decision.kind) \(decision.isPositive)", "\(decision.at)",
            "\(decision.eventSequence)", decision.route, decision.entity,
        ] + said
    }

    @Test("the log alone gives every decision and the mind again")
    func replay() throws {
        for seed: UInt64 in 20...25 {
            let whole = try fold(Self.history(seed: seed, count: 600), restartEvery: nil)
            var subject = try MindUnderTest(Self.routes + Self.sets[0])
            Self.narrow(&subject.mind)
            var outcomes: [Outcome] = []
            for event in whole.events {
                if case .ruleset(let digest) = event.body {
                    let set = try loadRules(Self.routes + Self.sets[digest == "0" ? 0 : 1])
                    outcomes.append(subject.mind.activate(set, by: event).judgement)
                } else {
                    outcomes.append(subject.mind.perceive(event, isLogged: true).judgement)
                }
            }
            #expect(outcomes == whole.outcomes.filter(\.isRecorded), "seed \(seed)")
            #expect(subject.mind.checkpoint() == whole.mind.checkpoint(), "seed \(seed)")
        }
    }

    @Test("the digest of the inputs changes with each of them, and with nothing else")
    func inputs() throws {
        let state = EntityState(name: "a", at: Timestamp(microseconds: 1))
        let base = Message(topic: "t", payload: [1], qos: .atLeastOnce)
        func digest(
            _ message: Message, seq: Int64 = 1, at: Int64 = 1, entity: String = "a",
            _ state: EntityState? = nil
        ) -> String {
            let at = Timestamp(microseconds: at)
            let event = Event(sequence: seq, at: at, body: .message(message))
            return InputsDigest.of(event, message, entity: entity, state: state)
        }
        func with(_ change: (inout Message) -> Void) -> String {
            var message = base
            change(&message)
            return digest(message)
        }
        func properties(_ properties: MessageProperties) -> String {
            with { $0.properties = properties }
        }
        var other = state
        let document = try JSONDocument(Array("true".utf8))
        _ = other.remember(document, on: "r", at: Timestamp(microseconds: 1))
        let all = [
            digest(base), digest(base, seq: 2), digest(base, at: 2), digest(base, entity: "b"),
            digest(base, state), digest(base, other), with { $0.topic = "u" },
            with { $0.payload = [2] }, with { $0.payload = [1, 1] }, with { $0.qos = .atMostOnce },
            with { $0.retain = true }, properties(.init()), properties(.init(responseTopic: "")),
            properties(.init(responseTopic: "a")), properties(.init(correlationData: [])),
            properties(.init(correlationData: [1])), properties(.init(contentType: "")),
            properties(.init(contentType: "a")),
            properties(.init(user: [.init(name: "a", value: "b")])),
            properties(.init(user: [.init(name: "ab", value: "")])),
        ]
        #expect(Set(all).count == all.count)
        #expect(with { $0.packetID = 9 } == all[0])
        #expect(with { $0.isDuplicate = true } == all[0])
    }
}
