import Broker
import Core
import Glibc

/// A link with a loop around it that waits for conditions.
public final class TestLink {
    public let link: MosquittoLink
    /// All that came since it was last cleared.
    public var burst = Burst()

    /// Lives as long as the link.
    private let broker: TestBroker?

    public init(_ link: MosquittoLink, broker: TestBroker? = nil) {
        self.link = link
        self.broker = broker
    }

    public convenience init(_ options: LinkOptions) { self.init(MosquittoLink(options)) }

    public convenience init(
        _ broker: TestBroker, id: String = "jamey-test",
        _ change: (inout LinkOptions) -> Void = { _ in }
    ) {
        var options = LinkOptions(host: "127.0.0.1", port: broker.port, clientID: id)
        change(&options)
        self.init(MosquittoLink(options), broker: broker)
    }

    public var messages: [Message] { burst.messages }
    public var signals: [LinkSignal] { burst.signals }

    /// One turn of a loop: waits for the socket, receives, and lets nothing go by itself.
    public func turn(milliseconds: Int32 = 20) {
        if !link.hasBufferedInput {
            let wanted = link.wantsWrite ? POLLIN | POLLOUT : POLLIN
            if let socket = link.socket {
                var entry = pollfd(fd: socket, events: Int16(wanted), revents: 0)
                poll(&entry, 1, milliseconds)
            }
        }
        link.receive(into: &burst)
        if link.wantsWrite { link.flush() }
    }

    /// Turns until the condition holds.
    public func wait(
        _ what: String, seconds: Double = 10, flushing: Bool = false,
        meanwhile: () throws -> Void = {}, until condition: (TestLink) -> Bool
    ) throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while !condition(self) {
            guard ContinuousClock.now < end else {
                throw TestFailure("not in time: \(what); signals: \(signals)")
            }
            turn()
            if flushing { link.flush() }
            try meanwhile()
        }
    }

    /// Connects and returns whether the session was present.
    @discardableResult
    public func connect() throws -> Bool {
        burst.removeAll()
        link.connect()
        try wait("connected") { $0.isSettled }
        guard case .connected(let isSessionPresent) = signals.first else {
            throw TestFailure("not connected: \(signals)")
        }
        return isSessionPresent
    }

    private var isSettled: Bool { !signals.isEmpty }

    /// Connects in the hope that it fails, and returns how.
    public func failure(seconds: Double = 10, meanwhile: () throws -> Void = {}) throws
        -> LinkSignal
    {
        burst.removeAll()
        link.connect()
        try wait("refused or lost", seconds: seconds, meanwhile: meanwhile) { $0.isSettled }
        return signals[0]
    }

    public func subscribe(_ filters: String..., qos: QoS = .atLeastOnce) throws {
        link.subscribe(filters.map { Subscription(filter: $0, qos: qos) })
        link.flush()
        try wait("subscribed") { link in
            link.signals.contains { if case .subscribed = $0 { true } else { false } }
        }
    }

    /// Publishes and waits for the PUBACK.
    public func publishAndWait(_ publication: Publication) throws {
        let packetID = try link.publish(publication)
        link.flush()
        try wait("confirmed") { link in
            link.signals.contains {
                // From 0x80 on it is a refusal; 0x10 says that nobody subscribed.
                if case .confirmed(packetID, 0..<0x80) = $0 { true } else { false }
            }
        }
    }

    public func publish(_ topic: String, _ payload: String, qos: QoS = .atLeastOnce) throws {
        _ = try link.publish(Publication(topic: topic, payload: Array(payload.utf8), qos: qos))
        link.flush()
    }

    public var payloads: [String] { messages.map { String(decoding: $0.payload, as: UTF8.self) } }

    /// The reason of a `.lost` among the signals.
    public var lostReason: String? {
        for case .lost(let reason) in signals { return reason }
        return nil
    }
}
