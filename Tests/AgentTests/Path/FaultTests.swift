import Broker
import Core
import Mind
import TestSupport
import Testing

@testable import Agent
@testable import Store

/// What the agent makes of a store, rules and a broker that are not as they should be.
@Suite("Faults that the agent meets")
struct FaultTests {
    let files: SimFiles
    let path: String

    init() throws {
        files = try SimFiles()
        path = files.new()
    }

    /// Rules that cannot be loaded, once the test says so.
    struct WrongRules: RuleSource {
        func read() throws(RuleSetErrors) -> [RuleFile] { SimRules.files(.wrong) }
    }

    private func reading(_ number: Int, qos: QoS = .atLeastOnce) -> Message {
        Message(
            topic: "t/all/d1", payload: Array("{\"n\":\(number),\"temp\":90}".utf8), qos: qos,
            packetID: qos == .atMostOnce ? 0 : UInt16(number))
    }

    @Test("a link that brings others' messages is not deaf, however late our own echo is")
    func backlog() throws {
        let subject = try AgentUnderTest(path)
        subject.connect()
        let interval = subject.agent.settings.statusInterval
        for number in 1...10 {
            subject.clock.advance(interval * (Limits.deafIntervals - 1))
            subject.turn(messages: [reading(number)])
            #expect(subject.agent.life.status.state == .up, "message \(number)")
        }
        subject.clock.advance(interval * Limits.deafIntervals)
        subject.turn(messages: [])
        #expect(subject.agent.life.status.state == .waiting)
    }

    /// A store in which something was committed and published, as a stopped agent leaves it.
    private func fill(checkpoint: Bool = true) throws {
        let subject = try AgentUnderTest(path)
        subject.connect()
        subject.turn(messages: [reading(1), reading(2)])
        #expect(subject.agent.outbox.depth > 0)
        guard checkpoint else { return }
        subject.agent.stop()
        for _ in 0..<3 where !subject.agent.isStopped {
            subject.turn(.lost(reason: "gone"))
            subject.clock.advance(Limits.drainTimeMax)
        }
        #expect(subject.agent.isStopped)
    }

    /// SQL behind the agent's back.
    private func execute(_ sql: String) throws {
        let connection = try Connection(path: path, vfs: nil)
        try connection.execute(sql)
        connection.close()
    }

    private func startError(_ body: () throws -> Void) -> StartError? {
        do {
            try body()
            return nil
        } catch {
            return error as? StartError
        }
    }

    // MARK: The start

    @Test("a log that cannot be read, or whose rules are gone, keeps the agent from starting")
    func unreadableLog() throws {
        defer { SimFiles.remove(path) }
        try fill(checkpoint: false)
        for (sql, words) in [
            ("UPDATE ruleset SET digest = 'other'", "is missing"),
            ("UPDATE event SET properties = x'09'", "the log cannot be read"),
        ] {
            try execute(sql)
            guard case .store(let text) = startError({ _ = try AgentUnderTest(path) }) else {
                Issue.record("it starts after \(sql)")
                continue
            }
            #expect(text.contains(words))
        }
    }

    @Test("a checkpoint that is of no use is passed over")
    func uselessCheckpoint() throws {
        defer { SimFiles.remove(path) }
        try fill()
        let sound = try AgentUnderTest(path).agent.mind.checkpoint()
        // The beginning still names the rules; then nothing does.
        for bytes in ["substr(bytes, 1, length(bytes) / 2)", "x'00'"] {
            try execute("UPDATE checkpoint_part SET bytes = \(bytes)")
            #expect(try AgentUnderTest(path).agent.mind.checkpoint() == sound)
        }
    }

    @Test("without a checkpoint the mind begins where the log begins, under the last rules")
    func beginningGone() throws {
        defer { SimFiles.remove(path) }
        try fill()
        try execute("DELETE FROM checkpoint; DELETE FROM checkpoint_part")
        try execute("DELETE FROM event WHERE seq < 3")
        let subject = try AgentUnderTest(path)
        #expect(subject.agent.mind.sequence == 3)
        #expect(subject.agent.mind.ruleset?.rules.isEmpty == false)
        #expect(subject.agent.mind.entityCount == 1)
    }

    @Test("rules that are wrong keep a new agent from starting, and no agent that had good ones")
    func wrongRules() throws {
        defer { SimFiles.remove(path) }
        guard
            case .rules(let text) = startError({
                _ = try AgentUnderTest(path, rules: WrongRules())
            })
        else {
            Issue.record("it starts")
            return
        }
        #expect(text.contains("sim.yaml"))
        try fill()
        let subject = try AgentUnderTest(path, rules: WrongRules())
        #expect(subject.log.has("the last good rules stay in force"))
        subject.connect()
        #expect(subject.status == "degraded")
        #expect(subject.reason?.hasPrefix("rules: ") == true)
        #expect(subject.told("health").last?["components"]?["mind"]?["reason"]?.string != nil)
    }

    @Test("rules that cannot be stored keep a new agent from starting")
    func unstoredRules() throws {
        defer { SimFiles.remove(path) }
        let disk = FaultVFS()
        guard
            case .store(let text) = startError({
                _ = try AgentUnderTest(path, disk: disk) { _ in disk.fill() }
            })
        else {
            Issue.record("it starts")
            return
        }
        #expect(text.contains("the rules could not be stored"))
    }

    // MARK: Rules while it runs

    @Test("new rules that cannot be stored are refused, and tried again by the next reload")
    func reloadWithoutSpace() throws {
        defer { SimFiles.remove(path) }
        let disk = FaultVFS()
        let rules = SimRules()
        let subject = try AgentUnderTest(path, disk: disk, rules: rules)
        subject.connect()
        let before = subject.agent.mind.ruleset?.digest
        rules.choose(.second)
        disk.fill()
        subject.agent.reload()
        #expect(subject.codes == ["RULES_REFUSED"])
        #expect(subject.agent.mind.ruleset?.digest == before)
        #expect(subject.reason?.contains("could not be stored") == true)
        #expect(subject.agent.counters.reloadFailures == 1)
        disk.heal()
        subject.agent.reload()
        #expect(subject.agent.mind.ruleset?.digest != before)
        #expect(subject.agent.counters.reloads == 1)
        let digest = subject.agent.mind.ruleset?.digest
        #expect(subject.told("status").last?["ruleset"]?.string == digest)
    }

    @Test("while the store does not work a reload is refused and said to be")
    func reloadWhileFailing() throws {
        defer { SimFiles.remove(path) }
        let disk = FaultVFS()
        let subject = try AgentUnderTest(path, disk: disk)
        subject.connect()
        disk.fill()
        subject.turn(messages: [reading(1)])
        subject.clock.advance(.seconds(70))
        subject.agent.reload()
        #expect(subject.log.has("the rules cannot be changed"))
        #expect(subject.agent.counters.reloads == 0)
    }

    // MARK: The store while it runs

    @Test("a store that fails again is tried again, also where the log cannot be read")
    func retries() throws {
        defer { SimFiles.remove(path) }
        let disk = FaultVFS()
        let subject = try AgentUnderTest(path, disk: disk)
        let agent = subject.agent
        subject.connect()
        subject.turn(messages: [reading(1)])
        disk.fill()
        subject.turn(messages: [reading(2)])
        #expect(agent.counters.commitFailures == 1)
        #expect(subject.log.has("nothing is acknowledged until the store works again"))
        #expect(subject.link.abandoned == 1)
        subject.clock.advance(Limits.commitRetryDelay)
        subject.turn()
        #expect(agent.counters.commitFailures == 2)
        #expect(agent.isReadingStopped && !agent.hasBufferedInput)
        disk.heal()
        try execute("UPDATE event SET properties = x'09'")
        subject.clock.advance(Limits.commitRetryDelay)
        subject.turn()
        guard case .failing(let reason, let retryAt) = agent.storeState else {
            Issue.record("it goes on with \(agent.storeState)")
            return
        }
        #expect(reason.contains("the log cannot be read"))
        #expect(agent.deadline <= retryAt)
        try execute("UPDATE event SET properties = NULL")
        subject.clock.advance(Limits.commitRetryDelay)
        subject.turn()
        #expect(agent.storeState == .working)
    }

    @Test("a socket that is closed while nothing is read from it is let go")
    func socketGone() throws {
        defer { SimFiles.remove(path) }
        let subject = try AgentUnderTest(path)
        subject.connect()
        subject.agent.socketGone()
        #expect(subject.link.abandoned == 1)
        #expect(subject.agent.life.status.lastReason?.contains("closed the connection") == true)
        #expect(subject.agent.counters.connectionsLost == 1)
    }

    @Test("an outbox that cannot be read is told of, and nothing of it is lost")
    func unreadableOutbox() throws {
        defer { SimFiles.remove(path) }
        try fill()
        try execute("UPDATE outbox SET flags = flags + 256")
        let subject = try AgentUnderTest(path)
        let depth = subject.agent.outbox.depth
        subject.connect()
        #expect(subject.codes == ["OUTBOX_UNREADABLE"])
        try execute("UPDATE outbox SET flags = flags - 256")
        subject.turn()
        #expect(subject.codes.count == 1)
        #expect(subject.agent.outbox.inFlightCount == depth && depth > 0)
    }

    @Test("an end of the log that cannot be read is told of: repetitions are judged again")
    func unreadableTail() throws {
        defer { SimFiles.remove(path) }
        let subject = try AgentUnderTest(path)
        subject.connect()
        subject.turn(messages: [reading(1)])
        try execute("UPDATE event SET properties = x'09'")
        subject.turn(.lost(reason: "gone"))
        subject.clock.advance(.seconds(70))
        subject.turn()
        subject.connect(isSessionPresent: true)
        #expect(subject.log.has("repeated messages may be judged twice"))
        #expect(!subject.agent.redelivery.isOpen)
        #expect(!subject.link.reportsDuplicates)
    }

    @Test("a stop on a disk without space ends all the same, and says what it could not do")
    func stopWithoutSpace() throws {
        defer { SimFiles.remove(path) }
        let disk = FaultVFS()
        let subject = try AgentUnderTest(path, disk: disk)
        subject.turn(messages: [])
        disk.fill()
        subject.agent.stop()
        for _ in 0..<4 where !subject.agent.isStopped {
            subject.turn()
            subject.clock.advance(Limits.drainTimeMax)
        }
        #expect(subject.agent.isStopped)
        #expect(subject.log.has("nothing is acknowledged until the store works again"))
        #expect(subject.log.has("the store was not closed cleanly"))
    }

    // MARK: The broker

    @Test("a message like one of a session that the broker has forgotten is not taken for it")
    func forgottenSession() throws {
        defer { SimFiles.remove(path) }
        let subject = try AgentUnderTest(path)
        var again = reading(1)
        again.isDuplicate = true
        for (isSessionPresent, message, sequence) in [
            (false, reading(1), 2), (true, again, 2), (false, reading(2), 3),
            (true, again, 4),
        ] as [(Bool, Message, EventSequence)] {
            subject.turn(.connected(isSessionPresent: isSessionPresent), messages: [message])
            #expect(subject.agent.mind.sequence == sequence)
            subject.turn(.lost(reason: "gone"))
            subject.clock.advance(.seconds(70))
            subject.turn()
        }
    }

    @Test("what was left out of the log is not judged again behind newer messages")
    func leftOut() throws {
        defer { SimFiles.remove(path) }
        let subject = try AgentUnderTest(path)
        func message(_ packetID: UInt16, _ temp: Int, isDuplicate: Bool? = nil) -> Message {
            Message(
                topic: "t/none/d1", payload: Array("{\"temp\":\(temp)}".utf8), qos: .atLeastOnce,
                packetID: packetID, isDuplicate: isDuplicate)
        }
        subject.connect()
        subject.turn(messages: [message(1, 20), message(2, 95)])
        #expect(subject.agent.mind.alertsFiring == 1)
        subject.turn(.lost(reason: "gone"))
        subject.clock.advance(.seconds(70))
        subject.turn()
        subject.turn(
            .connected(isSessionPresent: true),
            messages: [message(1, 20, isDuplicate: true), message(2, 95, isDuplicate: true)])
        #expect(subject.agent.mind.alertsFiring == 1)
        #expect(subject.agent.counters.redeliveriesSkipped == 2)
        subject.turn(messages: [message(3, 20)])
        #expect(subject.agent.mind.alertsFiring == 0)
    }

    @Test("subscriptions that the broker refuses show in errors, status and health")
    func refusedSubscription() throws {
        defer { SimFiles.remove(path) }
        let subject = try AgentUnderTest(path)
        subject.connect()
        let count = subject.agent.subscribed.filters.count
        subject.turn(.subscribed(codes: [0x87] + [UInt8](repeating: 1, count: count - 1)))
        let filter = subject.agent.subscribed.filters[0].text
        #expect(subject.codes == ["SUBSCRIPTION_REFUSED"])
        #expect(subject.status == "degraded")
        #expect(subject.reason == "broker: subscribing to '\(filter)' was refused")
        let broker = subject.told("health").last?["components"]?["broker"]
        #expect(broker?["status"]?.string == "degraded")
        #expect(broker?["refused_filters"]?.array?.count == 1)
    }

    @Test("a refusal and a loss are logged with their reason, and the next attempt is due")
    func refusal() throws {
        defer { SimFiles.remove(path) }
        let subject = try AgentUnderTest(path)
        subject.turn(.refused(Refusal(code: 0x86, text: "bad password", isAuthentication: true)))
        #expect(subject.log.has("error: no link to the broker: the broker refused"))
        #expect(subject.agent.life.status.state == .waiting)
        subject.agent.reconnect()
        #expect(subject.agent.life.status.state == .connecting)
        subject.turn(.lost(reason: "reset"))
        #expect(subject.log.has("warning: no link to the broker: reset"))
    }

    @Test("beyond so many errors a minute they are counted only")
    func manyErrors() throws {
        defer { SimFiles.remove(path) }
        let subject = try AgentUnderTest(path)
        subject.connect()
        let broken = Message(topic: "t/all/d1", payload: Array("{".utf8))
        let count = Limits.errorsPerMinute + 5
        subject.turn(messages: [Message](repeating: broken, count: count))
        #expect(subject.codes.count == Limits.errorsPerMinute)
        #expect(subject.agent.counters.errors == count)
        #expect(subject.agent.counters.errorsSuppressed == 5)
    }

    @Test("a vital that the link does not take is left out, and the next one is said")
    func untakenVital() throws {
        defer { SimFiles.remove(path) }
        let subject = try AgentUnderTest(path)
        subject.connect()
        let before = subject.link.published.count
        subject.link.publishError = .failed("out of memory")
        subject.clock.advance(.seconds(30))
        subject.turn()
        #expect(subject.link.published.count == before)
        subject.link.publishError = nil
        subject.clock.advance(.seconds(30))
        subject.turn()
        #expect(subject.told("metrics").count == 1)
        #expect(subject.told("events/heartbeat").count == 1)
    }
}
