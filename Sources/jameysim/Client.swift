import Broker
import Core
import Glibc

/// A plain client over the broker link: polls, acknowledges what it has handed over, reconnects.
final class Client {
    private let link: any BrokerLink
    private let subscriptions: [Subscription]
    private let time = SystemTime()
    private var burst = Burst()
    private var retryAt: MonotonicTime?
    /// Connected, and every filter asked for is acknowledged.
    private(set) var isReady = false
    /// QoS 1 publications that the broker has not confirmed.
    private var unconfirmed: Set<UInt16> = []

    /// How long after a loss the next attempt is made; a demonstration need not be gentle.
    private static let retryDelay: Duration = .milliseconds(250)

    init(link: any BrokerLink, subscriptions: [Subscription] = []) {
        self.link = link
        self.subscriptions = subscriptions
        link.connect()
    }

    var now: MonotonicTime { time.monotonic() }

    /// Whether another publication may be queued without the queue growing for ever.
    var hasRoom: Bool { isReady && unconfirmed.count < Limits.publicationsInFlightMax }

    var isConfirmed: Bool { unconfirmed.isEmpty }

    /// Queues a publication.
    /// - Returns: false where it was not taken: try again after a `step`.
    /// - Throws: `.broker` where it can never be sent.
    func publish(_ publication: Publication) throws(SimError) -> Bool {
        let packet: UInt16
        do {
            packet = try link.publish(publication)
        } catch {
            switch error {
            case .notConnected, .failed: return false
            case .tooLarge: throw .broker("\(publication.topic): too large for the broker")
            case .malformed(let why): throw .broker("\(publication.topic): \(why)")
            }
        }
        if packet != 0 { unconfirmed.insert(packet) }
        return true
    }

    /// Waits for the broker, at most until the deadline, and returns the messages that came.
    ///
    /// What an earlier step returned is acknowledged now, not before: it has been dealt with.
    func step(until deadline: MonotonicTime) throws(SimError) -> [Message] {
        link.flush()
        pollSocket(until: min(deadline, now + .milliseconds(100)))
        burst.removeAll()
        link.receive(into: &burst)
        for signal in burst.signals { try handle(signal) }
        link.tick()
        if let retryAt, now >= retryAt {
            self.retryAt = nil
            link.connect()
        }
        return burst.messages
    }

    /// Steps until the condition holds.
    /// - Throws: `.deadline` with `what` when it does not within the time.
    func step(
        atMost timeout: Duration, for what: String, hear: (Message) -> Void = { _ in },
        until isMet: () -> Bool
    ) throws(SimError) {
        let deadline = now + timeout
        while !isMet() {
            guard now < deadline else { throw .deadline("\(what) within \(timeout)") }
            for message in try step(until: deadline) { hear(message) }
        }
    }

    /// Lets everything leave and says goodbye.
    func close() {
        link.flush()
        link.disconnect()
    }

    private func handle(_ signal: LinkSignal) throws(SimError) {
        switch signal {
        case .connected:
            if subscriptions.isEmpty { isReady = true } else { link.subscribe(subscriptions) }
        case .refused(let refusal):
            guard !refusal.isAuthentication else { throw .broker(refusal.text) }
            lose()
        case .lost: lose()
        case .confirmed(let packetID, _): unconfirmed.remove(packetID)
        case .subscribed(let codes):
            guard codes.allSatisfy({ $0 < 0x80 }) else { throw .broker("subscription refused") }
            isReady = true
        }
    }

    /// What was not confirmed is not sent again: readings are worth nothing later.
    private func lose() {
        isReady = false
        unconfirmed.removeAll()
        retryAt = now + Self.retryDelay
    }

    private func pollSocket(until deadline: MonotonicTime) {
        let left = max(0, (deadline - now).microseconds)
        let timeout = link.hasBufferedInput ? 0 : Int32(clamping: (left + 999) / 1_000)
        guard let socket = link.socket else {
            poll(nil, 0, min(timeout, 20))
            return
        }
        let events = link.wantsWrite ? POLLIN | POLLOUT : POLLIN
        var descriptor = pollfd(fd: socket, events: Int16(events), revents: 0)
        poll(&descriptor, 1, timeout)
    }
}
