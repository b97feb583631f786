import Broker
import Core
import Mind
import Store
import TestSupport
import Testing

@testable import Agent

/// An update may read none of the checkpoints before it, while retention has deleted the beginning
/// of the log.
@Suite("Trust where no checkpoint can be read")
struct TrustKeptTests {
    private struct Believed: Equatable {
        var entity: String
        var soul: Soul
    }

    /// Alerts, verdicts and people all have a say.
    private struct Rules: RuleSource {
        func read() throws(RuleSetErrors) -> [RuleFile] {
            [RuleFile(name: "trust.yaml", text: TrustKeptTests.rules)]
        }
    }

    private static let rules = """
        soul: { half_life: 12h, auto_record: true }
        routes:
          - { name: all, topic: "t/{device}", entity: "{device}" }
          - name: commands
            guard:
              propose: cmd/{device}/{verb}/proposed
              approved: cmd/{device}/{verb}
              denied: cmd/{device}/{verb}/denied
            entity: "{device}"
        rules:
          - { name: hot, on: all, when: payload.temp > 80, severity: critical }
          - { name: known, on: commands, stance: support, weight: 1, when: 'true' }

        """

    private static let joy = SoulRequest.Action.record(.joy, weight: Soul.piece, note: "new")

    private let files: SimFiles
    private let path: String

    init() throws {
        files = try SimFiles()
        path = files.new()
    }

    private func start() throws -> AgentUnderTest { try AgentUnderTest(path, rules: Rules()) }

    private func control(
        _ subject: AgentUnderTest, _ action: SoulRequest.Action, of entity: String
    ) throws -> Int {
        let request = ControlRequest.soul(
            SoulRequest(entity: entity, action: action, author: "ann"))
        return try ControlAnswer(json: subject.agent.control(request.json)).changed
    }

    private func message(_ packetID: UInt16, _ topic: String, _ text: String) -> Message {
        Message(topic: topic, payload: Array(text.utf8), qos: .atLeastOnce, packetID: packetID)
    }

    private func stop(_ subject: AgentUnderTest) {
        subject.agent.stop()
        for _ in 0..<3 where !subject.agent.isStopped {
            subject.turn(.lost(reason: "gone"))
            subject.clock.advance(Limits.drainTimeMax)
        }
        #expect(subject.agent.isStopped)
    }

    /// A life that has ended: events 1 to 7, and perhaps some more.
    /// - Returns: what it came to believe, the one changed longest ago first.
    private func live() throws -> [Believed] {
        let subject = try start()
        subject.connect()
        subject.turn(
            messages: [message(1, "t/d1", #"{"temp":90}"#), message(2, "t/d2", #"{"temp":20}"#)])
        #expect(try control(subject, .set(0.9), of: "d3") == 1)
        #expect(try control(subject, Self.joy, of: "d2") == 1)
        subject.clock.advance(.seconds(10))
        subject.turn(
            messages: [
                message(3, "cmd/d1/start/proposed", "{}"),
                message(4, "cmd/d3/start/proposed", "{}"),
            ])
        #expect(subject.agent.mind.sequence == 7)
        stop(subject)
        let souls = believed(subject.agent.mind)
        #expect(souls.map(\.entity) == ["d2", "d1", "d3"])
        return souls
    }

    private func believed(_ mind: Mind) -> [Believed] {
        var found: [Believed] = []
        mind.forEachSoul { found.append(Believed(entity: $0, soul: $1)) }
        return found
    }

    private func recorded() throws -> [Evidence] {
        let reader = try StoreReader(path: path)
        return try reader.souls().flatMap { try reader.evidence(about: $0.entity) }
    }

    /// As an update finds the store whose checkpoints are of a version that it does not know.
    private func lose(through last: EventSequence) throws {
        try SQL.run(
            """
            UPDATE checkpoint_part SET bytes = x'ff';
            DELETE FROM event WHERE seq <= \(last)
            """, path)
    }

    @Test(
        "it is as people set it and as verdicts moved it, to the bit, whatever is left of the log",
        arguments: [1, 3, 5, 1_000] as [EventSequence])
    func kept(lost: EventSequence) throws {
        let before = try live()
        let evidence = try recorded()
        let rows = try StoreReader(path: path).souls()
        #expect(Set(evidence.map(\.source)) == [.alert, .verdict, .person])
        try lose(through: lost)
        var checkpoints: Set<[UInt8]> = []
        for _ in 0..<2 {
            let subject = try start()
            #expect(believed(subject.agent.mind) == before)
            #expect(try StoreReader(path: path).souls() == rows)
            #expect(try recorded() == evidence)
            checkpoints.insert(subject.agent.mind.checkpoint())
        }
        #expect(checkpoints.count == 1, "the second start makes another mind")
    }

    @Test(
        "it is moved on from there, and the next checkpoint has it",
        arguments: [5, 1_000] as [EventSequence])
    func goesOn(lost: EventSequence) throws {
        let before = try live()
        try lose(through: lost)
        var after: [Believed] = []
        do {
            let subject = try start()
            subject.connect()
            #expect(try control(subject, Self.joy, of: "d2") == 1)
            after = believed(subject.agent.mind)
            stop(subject)
        }
        let moved = try #require(after.last)
        #expect(after.map(\.entity) == ["d1", "d3", "d2"])
        #expect(moved.soul.changes == (before.first?.soul.changes ?? 0) + 1)
        #expect(after.dropLast().elementsEqual(before.dropFirst()))
        #expect(try believed(start().agent.mind) == after)
    }

    @Test("who is being forgotten does not come back, but for what was recorded since")
    func forgetting() throws {
        do {
            let subject = try start()
            subject.connect()
            for device in ["d1", "d2", "d3"] {
                #expect(try control(subject, .set(0.2), of: device) == 1)
            }
            for device in ["d1", "d2"] {
                let request = ControlRequest.forgetEntity(device, author: "")
                let answer = try ControlAnswer(json: subject.agent.control(request.json))
                #expect(answer.forgetting != nil)
            }
            #expect(try control(subject, Self.joy, of: "d2") == 1)
            #expect(subject.agent.mind.sequence == 7)
        }
        // Both are asked for by events that are gone, and nothing is erased yet.
        try lose(through: 6)
        let found = try believed(start().agent.mind)
        #expect(found.map(\.entity) == ["d3", "d2"])
        #expect(found.last?.soul.changes == 1)
        let stored = try StoreReader(path: path).souls().map { [$0.entity: $0.soul] }
        #expect(stored == found.reversed().map { [$0.entity: $0.soul] })
    }
}
