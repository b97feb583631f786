import Broker
import Core
import TestSupport
import Testing

@testable import Agent

@Suite("A link that is made again with the next token")
struct TokenRenewalTests {
    private let stage: TokenStage

    init() throws { stage = try TokenStage() }

    @Test("a new token makes the link again in order and at once, and nobody misses it")
    func renewal() throws {
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        let audited = subject.agent.store.auditHead.seq
        let new = stage.token(.seconds(120))
        password.write(new)
        stage.takeNext(subject)
        #expect(subject.link.asked == ["connect", "leave", "connect"])
        #expect(subject.link.passwords == [new] && subject.link.abandoned == 0)
        #expect(subject.agent.isWell(.broker) == true && subject.agent.vitals.state == .online)
        subject.connect(isSessionPresent: true)
        #expect(subject.agent.life.status.state == .up && subject.status == "online")
        #expect(subject.agent.counters.connects == 2)
        #expect(subject.agent.counters.connectionsLost == 0)
        #expect(subject.agent.store.auditHead.seq == audited + 1)
        #expect(subject.codes.isEmpty)
        stage.look(5, subject)
        #expect(subject.link.asked.count == 3 && subject.link.passwords.count == 1)
    }

    @Test("what is under way is waited for, and sent again where it takes too long")
    func underWay() throws {
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        func sent() -> Int {
            subject.link.published.count { $0.topic == "jamey/n/alerts/hot/d1" }
        }
        stage.alarm(subject)
        #expect(subject.agent.outbox.inFlightCount > 0 && sent() == 1)
        password.write(stage.token(.seconds(70)))
        stage.takeNext(subject)
        #expect(subject.link.asked == ["connect"])
        stage.pass(Limits.renewalPatienceMax, subject)
        #expect(subject.link.asked == ["connect", "leave", "connect"])
        subject.connect(isSessionPresent: true)
        #expect(sent() == 2)
        // Here it is confirmed in time.
        password.write(stage.token(.seconds(80)))
        stage.takeNext(subject)
        #expect(subject.link.asked.count == 3)
        stage.confirmAll(subject)
        #expect(subject.agent.outbox.inFlightCount == 0 && subject.link.asked.count == 5)
    }

    @Test("an answer on its way is waited for as well: nobody sends it again")
    func answerUnderWay() throws {
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        let query = Message(
            topic: "jamey/n/memory/query", payload: Array("{}".utf8), qos: .atLeastOnce)
        subject.turn(messages: [query])
        #expect(subject.agent.recalls.waiting == 1 && !subject.agent.recalls.desk.hasQuestions)
        password.write(stage.token(.seconds(61)))
        stage.takeNext(subject)
        #expect(subject.link.asked == ["connect"])
        stage.confirmAll(subject)
        #expect(subject.link.asked == ["connect", "leave", "connect"])
    }

    @Test("tokens that follow each other faster than the link waits do not keep it waiting")
    func fastTokens() throws {
        let password = SimPassword(stage.token(.seconds(600)))
        let subject = try stage.online(password)
        stage.alarm(subject)
        for life in 601...602 {
            password.write(stage.token(.seconds(life)))
            stage.takeNext(subject)
        }
        #expect(subject.link.passwords.count == 2 && subject.link.asked == ["connect"])
        #expect(subject.agent.token.waitsUntil == stage.clock.monotonic() + .seconds(1))
        stage.pass(.seconds(1), subject)
        #expect(subject.link.asked == ["connect", "leave", "connect"])
        #expect(subject.agent.token.waitsUntil == nil)
    }

    @Test("the link waits from when a token can be shown, and not from when it was taken")
    func patience() throws {
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        stage.pass(.seconds(60), subject)
        stage.alarm(subject)
        password.write(stage.token(.seconds(600), start: .seconds(60)))
        subject.agent.rereadPassword()
        stage.pass(.seconds(29), subject)
        #expect(subject.codes == ["TOKEN_EXPIRED", "TOKEN_NOT_YET_VALID"])
        #expect(subject.agent.token.waitsUntil == nil)
        stage.pass(.seconds(1), subject)
        #expect(subject.link.asked == ["connect"])
        stage.pass(Limits.renewalPatienceMax - .seconds(1), subject)
        #expect(subject.link.asked == ["connect"])
        stage.pass(.seconds(1), subject)
        #expect(subject.link.asked == ["connect", "leave", "connect"])
    }

    @Test("the agent wakes when it has waited long enough, also for a password without an end")
    func wakes() throws {
        let password = SimPassword(stage.token(.seconds(600)))
        let subject = try stage.online(password)
        stage.alarm(subject)
        password.write("hunter2")
        stage.clock.advance(.milliseconds(300))
        subject.agent.rereadPassword()
        subject.turn()
        let until = stage.clock.monotonic() + Limits.renewalPatienceMax
        #expect(subject.agent.token.waitsUntil == until && subject.link.asked == ["connect"])
        stage.pass(Limits.renewalPatienceMax - .milliseconds(200), subject)
        #expect(subject.agent.deadline <= until)
        stage.pass(.milliseconds(200), subject)
        #expect(subject.link.asked == ["connect", "leave", "connect"])
    }

    @Test("while nothing can be stored the link stays as it is, and is made again after that")
    func failingStore() throws {
        let disk = FaultVFS()
        let password = SimPassword(stage.token(.seconds(600)))
        let subject = try stage.online(password, disk: disk)
        disk.fill()
        stage.alarm(subject)
        #expect(subject.agent.isReadingStopped && subject.agent.life.status.state == .waiting)
        subject.agent.reconnect()
        subject.connect(isSessionPresent: true)
        let new = stage.token(.seconds(601))
        password.write(new)
        stage.takeNext(subject)
        stage.pass(Limits.renewalPatienceMax, subject)
        #expect(subject.agent.isReadingStopped && subject.link.passwords == [new])
        #expect(subject.link.asked == ["connect", "connect"])
        disk.heal()
        stage.pass(Limits.commitRetryDelay, subject)
        #expect(!subject.agent.isReadingStopped)
        #expect(subject.link.asked == ["connect", "connect", "leave", "connect"])
    }

    @Test("where the broker refuses the new token there is no link, and that is told")
    func refused() throws {
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        password.write(stage.token(.seconds(61)))
        stage.takeNext(subject)
        subject.turn(.refused(Refusal(code: 0x87, text: "no", isAuthentication: true)))
        #expect(subject.agent.life.status.state == .waiting)
        #expect(subject.agent.isWell(.broker) == false)
        #expect(subject.agent.vitals.reason == "broker: no connection")
        #expect(subject.agent.counters.connectionsLost == 1)
        // The next one does not wait for the delay after a refusal.
        password.write(stage.token(.seconds(62)))
        stage.takeNext(subject)
        #expect(subject.link.asked == ["connect", "leave", "connect", "connect"])
    }

    @Test("a token that ends while the link is made again with it costs one link, and not two")
    func endsInBetween() throws {
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        subject.link.whileLeaving = { stage.clock.step(.seconds(3_600)) }
        password.write(stage.token(.seconds(61)))
        stage.takeNext(subject)
        #expect(subject.link.asked == ["connect", "leave"])
        #expect(subject.agent.life.status.state == .waiting)
        #expect(subject.agent.counters.connectionsLost == 1)
        #expect(subject.agent.outbox.inFlightCount == 0)
        #expect(subject.agent.vitals.reason?.hasPrefix("broker:") == true)
    }

    // MARK: A stop

    @Test("a stop while the link is made again says farewell over the next one")
    func stopInBetween() throws {
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        password.write(stage.token(.seconds(61)))
        stage.takeNext(subject)
        #expect(subject.link.asked == ["connect", "leave", "connect"])
        subject.agent.stop()
        stage.pass(.milliseconds(10), subject)
        #expect(!subject.agent.isStopped && subject.status == "online")
        subject.connect(isSessionPresent: true)
        // What it said is confirmed, and so it is over.
        for _ in 0..<3 { stage.confirmAll(subject) }
        #expect(subject.status == "offline" && subject.availability == "offline")
        #expect(subject.agent.isStopped && subject.link.asked.last == "disconnect")
    }

    @Test("a stop while the link cannot be made again does not wait for it for ever")
    func stopWithoutLink() throws {
        let password = SimPassword(stage.token(.seconds(60)))
        let subject = try stage.online(password)
        password.write(stage.token(.seconds(61)))
        stage.takeNext(subject)
        subject.agent.stop()
        stage.pass(Limits.drainTimeMax, subject)
        stage.pass(.milliseconds(1), subject)
        #expect(subject.agent.isStopped && subject.link.asked.last == "connect")
        // The will says it.
        #expect(!subject.link.asked.contains("disconnect"))
    }

    @Test("a link that comes up when it is too late for anything else hears the last words")
    func lateLink() throws {
        let subject = try stage.subject(SimPassword(stage.token(.seconds(60))))
        subject.agent.stop()
        subject.connect()
        #expect(subject.status == "offline" && subject.availability == "offline")
        for _ in 0..<2 { stage.confirmAll(subject) }
        #expect(subject.agent.isStopped && subject.link.asked == ["connect", "disconnect"])
    }
}
