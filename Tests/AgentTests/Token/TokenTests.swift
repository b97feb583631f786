import Broker
import Core
import Foundation
import Testing

@testable import Agent

@Suite("A token as password")
struct TokenTests {
    private let files: SimFiles
    private let path: String
    private let clock = SimClock()

    init() throws {
        files = try SimFiles()
        path = files.new()
    }

    private func token(_ life: Duration, start: Duration? = nil) -> String {
        let now = clock.now()
        return TestToken.text(expiry: now + life, issued: now, start: start.map { now + $0 })
    }

    private func subject(_ password: SimPassword) throws -> AgentUnderTest {
        try AgentUnderTest(
            path, clock: clock, passwords: password,
            settings: { $0.credentials = BrokerCredentials(password: Array(password.text.utf8)) })
    }

    /// An agent whose link is up and whose subscriptions are confirmed.
    private func online(_ password: SimPassword) throws -> AgentUnderTest {
        let subject = try subject(password)
        subject.connect(isSessionPresent: true)
        let count = subject.agent.subscribed.filters.count
        subject.turn(.subscribed(codes: [UInt8](repeating: 1, count: count)))
        #expect(subject.status == "online" && subject.link.asked == ["connect"])
        return subject
    }

    private func pass(_ time: Duration, _ subject: AgentUnderTest) {
        clock.advance(time)
        subject.turn()
    }

    /// The broker has everything that was published.
    private func confirmAll(_ subject: AgentUnderTest) {
        for (place, publication) in subject.link.published.enumerated()
        where publication.qos != .atMostOnce && !subject.agent.isStopped {
            subject.turn(.confirmed(packetID: UInt16(place + 1), reason: 0))
        }
    }

    private func broker(_ subject: AgentUnderTest) throws -> JSONValue? {
        try JSONScanner.scan(subject.agent.health(at: clock.monotonic()).payload)["components"]?[
            "broker"]
    }

    // MARK: Renewal

    @Test("a new token makes the link again in order and at once, and nobody misses it")
    func renewal() throws {
        defer { SimFiles.remove(path) }
        let password = SimPassword(token(.seconds(60)))
        let subject = try online(password)
        let audited = subject.agent.store.auditHead.seq
        let new = token(.seconds(120))
        password.write(new)
        pass(Limits.brokerTokenInterval, subject)
        #expect(subject.link.asked == ["connect", "leave", "connect"])
        #expect(subject.link.passwords == [new] && subject.link.abandoned == 0)
        #expect(subject.agent.isWell(.broker) == true && subject.agent.vitals.state == .online)
        subject.connect(isSessionPresent: true)
        #expect(subject.agent.life.status.state == .up && subject.status == "online")
        #expect(subject.agent.counters.connects == 2)
        #expect(subject.agent.counters.connectionsLost == 0)
        #expect(subject.agent.store.auditHead.seq == audited + 1)
        #expect(subject.codes.isEmpty)
        for _ in 0..<5 { pass(Limits.brokerTokenInterval, subject) }
        #expect(subject.link.asked.count == 3 && subject.link.passwords.count == 1)
    }

    @Test("what is under way is waited for, and sent again where it takes too long")
    func underWay() throws {
        defer { SimFiles.remove(path) }
        let password = SimPassword(token(.seconds(60)))
        let subject = try online(password)
        func alarm(_ number: Int) {
            let payload = Array("{\"temp\":95,\"n\":\(number)}".utf8)
            subject.turn(
                messages: [Message(topic: "t/all/d1", payload: payload, qos: .atLeastOnce)])
        }
        func sent() -> Int {
            subject.link.published.count { $0.topic == "jamey/n/alerts/hot/d1" }
        }
        alarm(1)
        #expect(subject.agent.outbox.inFlightCount > 0 && sent() == 1)
        password.write(token(.seconds(70)))
        pass(Limits.brokerTokenInterval, subject)
        #expect(subject.link.asked == ["connect"])
        pass(Limits.renewalPatienceMax, subject)
        #expect(subject.link.asked == ["connect", "leave", "connect"])
        subject.connect(isSessionPresent: true)
        #expect(sent() == 2)
        // Here it is confirmed in time.
        password.write(token(.seconds(80)))
        pass(Limits.brokerTokenInterval, subject)
        #expect(subject.link.asked.count == 3)
        confirmAll(subject)
        #expect(subject.agent.outbox.inFlightCount == 0 && subject.link.asked.count == 5)
    }

    @Test("where the broker refuses the new token there is no link, and that is told")
    func refused() throws {
        defer { SimFiles.remove(path) }
        let password = SimPassword(token(.seconds(60)))
        let subject = try online(password)
        password.write(token(.seconds(61)))
        pass(Limits.brokerTokenInterval, subject)
        subject.turn(.refused(Refusal(code: 0x87, text: "no", isAuthentication: true)))
        #expect(subject.agent.life.status.state == .waiting)
        #expect(subject.agent.isWell(.broker) == false)
        #expect(subject.agent.vitals.reason == "broker: no connection")
        #expect(subject.agent.counters.connectionsLost == 1)
        // The next one does not wait for the delay after a refusal.
        password.write(token(.seconds(62)))
        pass(Limits.brokerTokenInterval, subject)
        #expect(subject.link.asked == ["connect", "leave", "connect", "connect"])
    }

    @Test("a token that ends while the link is made again with it costs one link, and not two")
    func endsInBetween() throws {
        defer { SimFiles.remove(path) }
        let password = SimPassword(token(.seconds(60)))
        let subject = try online(password)
        subject.link.whileLeaving = { clock.step(.seconds(3_600)) }
        password.write(token(.seconds(61)))
        pass(Limits.brokerTokenInterval, subject)
        #expect(subject.link.asked == ["connect", "leave"])
        #expect(subject.agent.life.status.state == .waiting)
        #expect(subject.agent.counters.connectionsLost == 1)
        #expect(subject.agent.outbox.inFlightCount == 0)
        #expect(subject.agent.vitals.reason?.hasPrefix("broker:") == true)
    }

    @Test("a stop while the link is made again says farewell over the next one")
    func stopInBetween() throws {
        defer { SimFiles.remove(path) }
        let password = SimPassword(token(.seconds(60)))
        let subject = try online(password)
        password.write(token(.seconds(61)))
        pass(Limits.brokerTokenInterval, subject)
        #expect(subject.link.asked == ["connect", "leave", "connect"])
        subject.agent.stop()
        pass(.milliseconds(10), subject)
        #expect(!subject.agent.isStopped && subject.status == "online")
        subject.connect(isSessionPresent: true)
        // What it said is confirmed, and so it is over.
        for _ in 0..<3 { confirmAll(subject) }
        #expect(subject.status == "offline" && subject.availability == "offline")
        #expect(subject.agent.isStopped && subject.link.asked.last == "disconnect")
    }

    @Test("a stop while the link cannot be made again does not wait for it for ever")
    func stopWithoutLink() throws {
        defer { SimFiles.remove(path) }
        let password = SimPassword(token(.seconds(60)))
        let subject = try online(password)
        password.write(token(.seconds(61)))
        pass(Limits.brokerTokenInterval, subject)
        subject.agent.stop()
        pass(Limits.drainTimeMax, subject)
        pass(.milliseconds(1), subject)
        #expect(subject.agent.isStopped && subject.link.asked.last == "connect")
        // The will says it.
        #expect(!subject.link.asked.contains("disconnect"))
    }

    @Test("a link that comes up when it is too late for anything else hears the last words")
    func lateLink() throws {
        defer { SimFiles.remove(path) }
        let subject = try subject(SimPassword(token(.seconds(60))))
        subject.agent.stop()
        subject.connect()
        #expect(subject.status == "offline" && subject.availability == "offline")
        for _ in 0..<2 { confirmAll(subject) }
        #expect(subject.agent.isStopped && subject.link.asked == ["connect", "disconnect"])
    }

    // MARK: Its end

    @Test("a token that ends soon is told of once, everywhere, until there is a new one")
    func expiring() throws {
        defer { SimFiles.remove(path) }
        let password = SimPassword(token(.seconds(60)))
        let subject = try online(password)
        pass(.seconds(49), subject)
        #expect(subject.codes.isEmpty && subject.status == "online")
        pass(.seconds(2), subject)
        let words = "the broker's token expires in 9 s: put a new one into token"
        #expect(subject.codes == ["TOKEN_EXPIRING"])
        #expect(subject.log.count("warning: " + words) == 1)
        #expect(subject.told("events/errors").last?["message"]?.string == words)
        let reason = "broker: the token expires at 2023-11-14T22:14:20.000Z"
        #expect(subject.status == "degraded" && subject.reason == reason)
        let broker = try broker(subject)
        #expect(broker?["status"]?.string == "degraded" && broker?["state"]?.string == "up")
        #expect(broker?["code"]?.string == "TOKEN_EXPIRING")
        #expect(broker?["reason"]?.string == words)
        let told = subject.told("status").count
        for _ in 0..<3 { pass(Limits.brokerTokenInterval, subject) }
        #expect(subject.codes.count == 1 && subject.told("status").count == told)
        password.write(token(.seconds(60)))
        pass(Limits.brokerTokenInterval, subject)
        subject.connect(isSessionPresent: true)
        #expect(subject.status == "online" && subject.codes.count == 1)
        #expect(try self.broker(subject)?["code"] == nil)
    }

    @Test("the end of a token ends no link, but no link is begun with it until there is a new one")
    func expired() throws {
        defer { SimFiles.remove(path) }
        let password = SimPassword(token(.seconds(60)))
        let subject = try online(password)
        pass(.seconds(61), subject)
        #expect(subject.codes == ["TOKEN_EXPIRED"])
        #expect(subject.agent.life.status.state == .up && subject.link.asked == ["connect"])
        subject.turn(.lost(reason: "the broker closed the connection"))
        for _ in 0..<20 { pass(.seconds(300), subject) }
        #expect(subject.link.asked == ["connect"])
        #expect(subject.log.has("error: no link to the broker: the token expired at 2023-11-14"))
        #expect(subject.log.count("error: the broker's token expired at") == 1)
        #expect(subject.agent.vitals.reason?.hasPrefix("broker: the token expired at") == true)
        #expect(try broker(subject)?["code"]?.string == "TOKEN_EXPIRED")
        password.write(token(.seconds(60)))
        pass(Limits.brokerTokenInterval, subject)
        #expect(subject.link.asked == ["connect", "connect"])
        #expect(subject.link.passwords == [password.text])
    }

    @Test("a token that is over at the start is not shown, and the agent starts all the same")
    func expiredAtStart() throws {
        defer { SimFiles.remove(path) }
        let password = SimPassword(token(.seconds(-5)))
        let subject = try subject(password)
        subject.turn()
        #expect(subject.link.asked.isEmpty && subject.agent.life.status.state == .waiting)
        #expect(subject.agent.life.status.isRefused)
        #expect(subject.log.count("error: the broker's token expired at") == 1)
        #expect(try broker(subject)?["code"]?.string == "TOKEN_EXPIRED")
        password.write(token(.seconds(60)))
        pass(Limits.brokerTokenInterval, subject)
        #expect(subject.link.asked == ["connect"])
    }

    @Test("a token whose time has not come is shown at its time, and not before")
    func early() throws {
        defer { SimFiles.remove(path) }
        let password = SimPassword(token(.seconds(100), start: .seconds(20)))
        let subject = try subject(password)
        pass(.seconds(10), subject)
        #expect(subject.link.asked.isEmpty)
        #expect(subject.log.count("warning: the broker's token is not good before") == 1)
        #expect(try broker(subject)?["code"]?.string == "TOKEN_NOT_YET_VALID")
        pass(.seconds(11), subject)
        #expect(subject.link.asked == ["connect"])
        subject.connect()
        password.write(token(.seconds(100), start: .seconds(20)))
        pass(Limits.brokerTokenInterval, subject)
        #expect(subject.link.asked == ["connect"] && subject.codes == ["TOKEN_NOT_YET_VALID"])
        pass(.seconds(20), subject)
        #expect(subject.link.asked == ["connect", "leave", "connect"])
    }

    @Test("a clock that is set wrong and right again keeps no good token back")
    func clockSteps() throws {
        defer { SimFiles.remove(path) }
        let subject = try online(SimPassword(token(.seconds(600))))
        clock.step(.seconds(3_600))
        pass(Limits.brokerTokenInterval, subject)
        #expect(subject.codes == ["TOKEN_EXPIRED"])
        subject.turn(.lost(reason: "gone"))
        pass(.seconds(20), subject)
        #expect(subject.link.asked == ["connect"])
        clock.step(.seconds(-3_600))
        pass(Limits.brokerTokenInterval, subject)
        #expect(subject.link.asked == ["connect", "connect"])
        #expect(subject.agent.vitals.reason == "broker: no connection")
    }

    // MARK: The file

    @Test("what cannot be read, or is no token, does not take a token's place, and is told once")
    func useless() throws {
        defer { SimFiles.remove(path) }
        let password = SimPassword(token(.seconds(60)))
        let subject = try online(password)
        password.fail("is empty")
        for _ in 0..<3 { pass(Limits.brokerTokenInterval, subject) }
        #expect(subject.codes == ["TOKEN_UNREADABLE"])
        password.write("half.a")
        for _ in 0..<3 { pass(Limits.brokerTokenInterval, subject) }
        #expect(subject.codes == ["TOKEN_UNREADABLE", "TOKEN_MALFORMED"])
        #expect(subject.status == "online" && subject.link.passwords.isEmpty)
        pass(.seconds(40), subject)
        #expect(try broker(subject)?["reason"]?.string?.hasSuffix("is no token") == true)
        let new = token(.seconds(60))
        password.write(new)
        pass(Limits.brokerTokenInterval, subject)
        #expect(subject.link.passwords == [new])
    }

    @Test("at SIGHUP any password is taken, and one that is no token is not looked at by itself")
    func operatorsWord() throws {
        defer { SimFiles.remove(path) }
        let password = SimPassword(token(.seconds(60)))
        let subject = try online(password)
        password.write("hunter2")
        subject.agent.rereadPassword()
        pass(.milliseconds(1), subject)
        #expect(subject.link.passwords == ["hunter2"])
        #expect(subject.link.asked == ["connect", "leave", "connect"])
        subject.connect(isSessionPresent: true)
        let reads = password.reads
        password.write("hunter3")
        for _ in 0..<5 { pass(Limits.brokerTokenInterval, subject) }
        #expect(password.reads == reads)
        // As ever: shown from the next connection on.
        subject.agent.rereadPassword()
        pass(Limits.brokerTokenInterval, subject)
        #expect(subject.link.passwords == ["hunter2", "hunter3"] && subject.link.asked.count == 3)
        let new = token(.seconds(60))
        password.write(new)
        subject.agent.rereadPassword()
        pass(.milliseconds(1), subject)
        #expect(subject.link.passwords.last == new && subject.link.asked.count == 5)
        password.fail("is gone")
        subject.agent.rereadPassword()
        #expect(subject.log.has("error: the credentials stay as they were: token is gone"))
    }

    // MARK: What is told

    @Test("the end of a token is a metric, and that of a password there is none")
    func metric() throws {
        defer { SimFiles.remove(path) }
        func value(_ subject: AgentUnderTest) -> Double? {
            subject.agent.report().metrics.first {
                $0.name == "jamey_broker_token_expiry_timestamp_seconds"
            }?.value
        }
        let password = SimPassword(token(.seconds(60)))
        let subject = try online(password)
        #expect(value(subject) == 1_700_000_060)
        password.write("hunter2")
        subject.agent.rereadPassword()
        #expect(value(subject) == nil)
    }

    @Test("no part of a token is in the log, in what is published, in metrics or in the store")
    func planted() throws {
        defer { SimFiles.remove(path) }
        let now = clock.now()
        let secrets = ["planted-one", "planted-two"]
        let tokens = secrets.map {
            TestToken.text(expiry: now + .seconds(60), issued: now, signature: $0)
        }
        let password = SimPassword(tokens[0])
        let subject = try online(password)
        pass(.seconds(55), subject)
        password.write(tokens[1])
        pass(Limits.brokerTokenInterval, subject)
        subject.turn(.refused(Refusal(code: 0x87, text: "no", isAuthentication: true)))
        password.write(tokens[1] + ".")
        for _ in 0..<3 { pass(.seconds(20), subject) }
        #expect(subject.codes.contains("TOKEN_EXPIRING"))
        #expect(subject.log.has("TOKEN") || subject.log.has("the broker's token"))
        var traces = [
            subject.log.text, "\(subject.agent.credentials)", "\(subject.agent.token)",
            String(decoding: subject.agent.report().metrics.prometheusText, as: UTF8.self),
            String(decoding: subject.agent.components(at: clock.monotonic()), as: UTF8.self),
        ]
        traces += subject.link.published.map { String(decoding: $0.payload, as: UTF8.self) }
        try subject.agent.store.close()
        let store = try #require(FileManager.default.contents(atPath: path))
        for secret in tokens + tokens.flatMap({ $0.split(separator: ".").map(String.init) }) {
            #expect(!traces.contains { $0.contains(secret) }, "\(secret)")
            #expect(store.range(of: Data(secret.utf8)) == nil, "\(secret)")
        }
    }
}
