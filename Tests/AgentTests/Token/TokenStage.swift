import Broker
import Core
import TestSupport
import Testing

@testable import Agent

/// Agents whose password is a token, in a file that the test replaces, with a clock that it moves.
final class TokenStage {
    let path: String
    let clock = SimClock()
    private let files: SimFiles

    init() throws {
        files = try SimFiles()
        path = files.new()
    }

    deinit { SimFiles.remove(path) }

    /// - Parameters:
    ///   - life: from now on.
    ///   - start: `nbf`, from now on.
    func token(_ life: Duration, start: Duration? = nil) -> String {
        let now = clock.now()
        return TestToken.text(expiry: now + life, issued: now, start: start.map { now + $0 })
    }

    func subject(_ password: SimPassword, disk: FaultVFS? = nil) throws -> AgentUnderTest {
        try AgentUnderTest(
            path, disk: disk, clock: clock, passwords: password,
            settings: { $0.credentials = BrokerCredentials(password: Array(password.text.utf8)) })
    }

    /// An agent whose link is up and whose subscriptions are confirmed.
    func online(_ password: SimPassword, disk: FaultVFS? = nil) throws -> AgentUnderTest {
        let subject = try subject(password, disk: disk)
        subject.connect(isSessionPresent: true)
        let count = subject.agent.subscribed.filters.count
        subject.turn(.subscribed(codes: [UInt8](repeating: 1, count: count)))
        #expect(subject.status == "online" && subject.link.asked == ["connect"])
        return subject
    }

    func pass(_ time: Duration, _ subject: AgentUnderTest) {
        clock.advance(time)
        subject.turn()
    }

    /// The agent looks at the file so often.
    func look(_ count: Int = 1, _ subject: AgentUnderTest) {
        for _ in 0..<count { pass(Limits.brokerTokenInterval, subject) }
    }

    /// As long as it takes until what was written is read: two looks that find the same.
    func takeNext(_ subject: AgentUnderTest) { look(2, subject) }

    /// A device is too hot, which the agent publishes.
    func alarm(_ subject: AgentUnderTest) {
        let payload = Array(#"{"temp":95,"n":1}"#.utf8)
        subject.turn(messages: [Message(topic: "t/all/d1", payload: payload, qos: .atLeastOnce)])
    }

    /// The broker has everything that was published.
    func confirmAll(_ subject: AgentUnderTest) {
        for (place, publication) in subject.link.published.enumerated()
        where publication.qos != .atMostOnce && !subject.agent.isStopped {
            subject.turn(.confirmed(packetID: UInt16(place + 1), reason: 0))
        }
    }

    /// What health tells of the link.
    func broker(_ subject: AgentUnderTest) throws -> JSONValue? {
        try JSONScanner.scan(subject.agent.health(at: clock.monotonic()).payload)["components"]?[
            "broker"]
    }
}
