import Core
import Store
import TestSupport
import Testing

@testable import Agent

/// `Agent.evaluate`, on a real store.
@Suite("Requests to judge that come by the API")
struct EvaluateRequestTests {
    private let files: SimFiles
    private let path: String
    private let rules = WrittenRules(Self.text())
    private let asker = Actor(name: "key:00c0ffee0001 panel", address: "127.0.0.1")
    private let stop = #"{"action":"stop","entity":"press-7"}"#

    init() throws {
        files = try SimFiles()
        path = files.new()
    }

    static func text(_ denied: String = "stop") -> String {
        """
        routes:
          - { name: all, topic: "t/{device}", entity: "{device}", record: all }
        rules:
          - { name: hot, on: all, when: has(payload.temp) && payload.temp > 80, for: 10s }
          - name: denied
            stance: oppose
            when: has(payload.action) && payload.action == "\(denied)"

        """
    }

    private func subject(
        disk: FaultVFS? = nil, shadow: (any RuleSource)? = nil
    ) throws -> AgentUnderTest {
        let subject = try AgentUnderTest(path, disk: disk, rules: rules, shadowRules: shadow)
        subject.connect()
        return subject
    }

    private func ask(
        _ subject: AgentUnderTest, _ body: String, isDryRun: Bool = false
    ) throws -> [UInt8] {
        try subject.agent.evaluate(Array(body.utf8), by: asker, isDryRun: isDryRun).get()
    }

    /// Everything that a request could leave a mark on.
    private struct Mark: Equatable {
        var mind: [UInt8]
        var sequence: EventSequence
        var time: Timestamp
        var counters: Counters
        var published: Int
        var differences: Int
        var events: Int
        var decisions: Int
        var auditHead: Int64
    }

    private func mark(_ subject: AgentUnderTest) throws -> Mark {
        let (agent, reader) = (subject.agent, try StoreReader(path: path))
        var events = 0
        try reader.forEachEvent { _ in
            events += 1
            return true
        }
        return Mark(
            mind: agent.mind.checkpoint(), sequence: agent.mind.sequence, time: agent.clock.last,
            counters: agent.counters, published: subject.link.published.count,
            differences: agent.shadow.running.reduce(0) { $0 + $1.differences }, events: events,
            decisions: try reader.decisions().count, auditHead: agent.store.auditHead.seq)
    }

    @Test("it is an event of the log, answered with its decision as it is recorded and published")
    func logged() throws {
        let subject = try subject()
        let sequence = subject.agent.mind.sequence + 1
        let answer = try ask(subject, stop)
        let json = try JSONScanner.scan(answer)
        #expect(json["approved"]?.bool == false && json["route"]?.string == "evaluate")
        #expect(json["entity"]?.string == "press-7" && json["event_seq"]?.int == sequence)
        #expect(json["dry_run"] == nil && subject.agent.mind.sequence == sequence)
        #expect(subject.agent.counters.verdictsDenied == 1)
        let told = subject.link.published.filter { $0.topic == "jamey/n/conscience/results" }
        #expect(told.map(\.payload) == [answer])
        let reader = try StoreReader(path: path)
        #expect(try reader.decisions().map(\.decision.json) == [answer])
        var last: Event?
        try reader.forEachEvent { event in
            last = event
            return true
        }
        guard case .message(let message)? = last?.body else {
            Issue.record("\(String(describing: last)) is no message")
            return
        }
        #expect(message.topic == "jamey/n/conscience/evaluate")
        #expect(message.payload == Array(stop.utf8))
        let user = message.properties?.user.map { "\($0.name)=\($0.value)" }
        #expect(user == ["actor=\(asker.name)", "actor_address=127.0.0.1"])
    }

    @Test("a start folds it again to the same mind, and the next message goes on behind it")
    func folded() throws {
        let subject = try subject()
        _ = try ask(subject, stop)
        subject.clock.advance(.seconds(1))
        subject.turn(messages: [
            Message(topic: "t/d1", payload: Array(#"{"temp":20}"#.utf8), qos: .atLeastOnce)
        ])
        _ = try ask(subject, #"{"action":"go"}"#)
        let mind = subject.agent.mind.checkpoint()
        let again = try AgentUnderTest(files.copy(path), rules: rules)
        #expect(again.agent.mind.checkpoint() == mind)
    }

    @Test("a dry run comes to the same decision, says so, and leaves everything as it was")
    func dryRun() throws {
        let shadow = WrittenRules(Self.text("go"))
        let subject = try subject(shadow: shadow)
        subject.turn(messages: [
            Message(topic: "t/d1", payload: Array(#"{"temp":90}"#.utf8), qos: .atLeastOnce)
        ])
        // The timer of `hot` is due: whoever is judged next finds the alert.
        subject.clock.advance(.seconds(20))
        let before = try mark(subject)
        let dry = try ask(subject, stop, isDryRun: true)
        #expect(try JSONScanner.scan(dry)["dry_run"]?.bool == true)
        #expect(try mark(subject) == before)
        let real = try ask(subject, stop)
        #expect(dry == Array(real.dropLast()) + Array(#","dry_run":true}"#.utf8))
        #expect(subject.agent.mind.alertsFiring == 1)
        #expect(try mark(subject).decisions == before.decisions + 2)
    }

    @Test(
        "what cannot be judged is refused, and nothing is kept",
        arguments: [
            ("{", "MALFORMED_JSON"), ("5", "NOT_AN_OBJECT"), (#"{"action":1}"#, "ACTION_NOT_TEXT"),
            (#"{"action":""}"#, "ACTION_LENGTH"),
            (#"{"message_id":"m","payload":{"action":2}}"#, "ACTION_NOT_TEXT"),
        ])
    func refused(body: String, code: String) throws {
        let subject = try subject()
        let before = try mark(subject)
        for isDryRun in [true, false] {
            let error = #expect(throws: RequestError.self) {
                try ask(subject, body, isDryRun: isDryRun)
            }
            #expect(error?.code == code)
        }
        #expect(try mark(subject) == before)
    }

    @Test("a body that no message could have is refused")
    func large() throws {
        let subject = try subject()
        let body = "{\"action\":\"\(String(repeating: "x", count: Limits.payloadBytesMax))\"}"
        let error = #expect(throws: RequestError.self) { try ask(subject, body) }
        #expect(error?.code == "BODY_TOO_LARGE")
    }

    @Test("who asks does not choose where the agent publishes")
    func replyTo() throws {
        let subject = try subject()
        let answer = try ask(subject, #"{"action":"go","reply_to":"a/b","correlation_id":"c"}"#)
        #expect(!subject.link.published.contains { $0.topic == "a/b" })
        #expect(subject.told("conscience/results").count == 1)
        #expect(try JSONScanner.scan(answer)["correlation_id"] == nil)
        // Nor does it matter that the agent would refuse the topic.
        _ = try ask(subject, #"{"action":"go","reply_to":"jamey/n/status"}"#)
    }

    @Test("rules in shadow judge it too, and the difference is kept with it")
    func shadowed() throws {
        let subject = try subject(shadow: WrittenRules(Self.text("go")))
        _ = try ask(subject, stop)
        #expect(subject.told("conscience/shadow").map { $0["kind"]?.string } == ["deny_to_allow"])
        var kept: [ShadowDifference] = []
        try StoreReader(path: path).shadowDifferences { kept.append($0) }
        #expect(kept.map(\.kind) == [.denyToAllow])
        #expect(kept.first?.eventSequence == subject.agent.mind.sequence)
    }

    @Test("on a full disk nothing is judged: mind, shadow and store are as they were")
    func fullDisk() throws {
        let disk = FaultVFS()
        let subject = try subject(disk: disk, shadow: WrittenRules(Self.text("go")))
        let before = try mark(subject)
        disk.fill()
        let error = #expect(throws: RequestError.self) { try ask(subject, stop) }
        #expect(error?.code == "NOT_STORED")
        disk.heal()
        var after = try mark(subject)
        // Time has been read, and the shadow has counted.
        (after.time, after.counters) = (before.time, before.counters)
        #expect(after == before)
        #expect(subject.told("conscience/shadow").isEmpty)
        let json = try JSONScanner.scan(try ask(subject, stop))
        #expect(json["event_seq"]?.int == before.sequence + 1)
    }

    @Test("while the agent stops only dry runs are answered")
    func stopping() throws {
        let subject = try subject()
        subject.agent.stop()
        let error = #expect(throws: RequestError.self) { try ask(subject, stop) }
        #expect(error?.code == "UNAVAILABLE")
        _ = try ask(subject, stop, isDryRun: true)
    }
}
