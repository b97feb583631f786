import Core

/// The seam between the loop and the broker: libmosquitto in the daemon, a script in simulation.
///
/// Owned by the loop and used from its thread only. Acknowledgements of what `receive` returned are
/// held until `flush` (decision 0002).
public protocol BrokerLink: AnyObject {
    /// The descriptor to poll; nil while there is no socket.
    var socket: Int32? { get }
    /// Whether to poll the socket for writing too.
    var wantsWrite: Bool { get }
    /// Whether `receive` has something to say that polling would miss: input above the socket
    /// (inside TLS, or beyond a bound of the last burst), or a signal while there is no socket.
    var hasBufferedInput: Bool { get }
    /// Whether messages carry their DUP flag, which costs about 1 µs each.
    ///
    /// Turned on by `connect`, as the first redelivery can follow CONNACK in the same burst, and
    /// off by a CONNACK without a session; the loop turns it off when its window closes.
    var reportsDuplicates: Bool { get set }
    /// While true, `receive` brings a connection about and reads nothing that comes after CONNACK:
    /// messages that nobody can make durable stay with the broker, unacknowledged.
    var isReadingPaused: Bool { get set }
    /// Messages that `receive` reads at most, 1...`Limits.burstCountMax`.
    var burstCountMax: Int { get set }

    /// What the broker is shown from the next `connect` on; the present connection stays.
    func replacePassword(_ password: [UInt8]?)
    /// Starts one attempt and returns at once; `.connected`, `.refused` or `.lost` follows from
    /// `receive`. Names are resolved off the caller's thread. A connection that exists is
    /// abandoned.
    func connect()
    /// Reads until the socket is empty or a bound of `Limits` is met; appends to the burst.
    func receive(into burst: inout Burst)
    /// Lets the held acknowledgements, and whatever else is queued, leave.
    func flush()
    /// Queues a publication.
    /// - Returns: the packet identifier to be named by `.confirmed`; 0 at QoS 0.
    /// - Throws: `.notConnected`, `.failed`: keep the row, try later. `.tooLarge`, `.malformed`: it
    ///   can never be sent.
    func publish(_ publication: Publication) throws(PublishError) -> UInt16
    /// Queues SUBSCRIBE for all filters; one `.subscribed` follows, with a code for each.
    func subscribe(_ subscriptions: [Subscription])
    /// Queues UNSUBSCRIBE; nothing follows.
    func unsubscribe(_ filters: [String])
    /// Serves keep-alive; call at least once a second. A ping leaves at once unless
    /// acknowledgements are held, and then with them.
    func tick()
    /// Says DISCONNECT and closes. Held acknowledgements leave with it: call after a commit only.
    /// - Parameter keepsWill: the broker publishes the will unless a connection follows before the
    ///   will's delay is over; with MQTT 3.1.1, which knows no delay, at once. Otherwise never.
    func disconnect(keepsWill: Bool)
    /// Closes the socket at once: nothing that is held leaves, and the will is published.
    func abandon()
}

extension BrokerLink {
    /// For good: the will is not published.
    public func disconnect() { disconnect(keepsWill: false) }
}

/// One filter of a SUBSCRIBE. The agent never subscribes above QoS 1 (decision 0004).
public struct Subscription: Hashable, Sendable {
    public var filter: String
    public var qos: QoS

    public init(filter: String, qos: QoS) {
        precondition(qos != .exactlyOnce)
        self.filter = filter
        self.qos = qos
    }
}

/// What one reading of the socket brought, in order.
public struct Burst: Sendable {
    public var messages: [Message] = []
    public var signals: [LinkSignal] = []
    /// What was too large to be delivered: to be counted and explained; acknowledged like the rest.
    public var oversized: [OversizedMessage] = []
    /// Bytes of the payloads and properties in `messages`.
    public var payloadBytes = 0

    public init() {}

    public mutating func removeAll() {
        messages.removeAll(keepingCapacity: true)
        signals.removeAll(keepingCapacity: true)
        oversized.removeAll(keepingCapacity: true)
        payloadBytes = 0
    }
}

/// A message whose payload was above `Limits.payloadBytesMax`, without the payload.
public struct OversizedMessage: Equatable, Sendable {
    public var topic: String
    /// 0 at QoS 0.
    public var packetID: UInt16
    public var payloadBytes: Int

    public init(topic: String, packetID: UInt16, payloadBytes: Int) {
        self.topic = topic
        self.packetID = packetID
        self.payloadBytes = payloadBytes
    }
}

/// What happened to the link itself.
public enum LinkSignal: Equatable, Sendable {
    case connected(isSessionPresent: Bool)
    case refused(Refusal)
    case lost(reason: String)
    /// The broker has our publication. `reason` is MQTT 5's code: 0x80 and above is a refusal.
    case confirmed(packetID: UInt16, reason: UInt8)
    /// One code for each filter asked, in order; 0x80 and above is a refusal.
    case subscribed(codes: [UInt8])
}

/// Why a broker refused the connection.
public struct Refusal: Equatable, Sendable {
    /// MQTT 5's reason code (section 3.2.2.2); codes of 3.1.1 are translated to it.
    public var code: UInt8
    public var text: String
    /// Credentials or authorisation: trying again soon will not help.
    public var isAuthentication: Bool

    public init(code: UInt8, text: String, isAuthentication: Bool) {
        self.code = code
        self.text = text
        self.isAuthentication = isAuthentication
    }
}

/// Why a publication was not queued.
public enum PublishError: Error, Equatable {
    /// Keep it; it goes out when the link is up.
    case notConnected
    /// The broker's maximum packet size forbids it; it can never be sent.
    case tooLarge
    /// The topic or a property cannot be sent; it can never be sent.
    case malformed(String)
    /// Out of memory or an unexpected code; keep it and try later.
    case failed(String)
}
