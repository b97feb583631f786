import CMosquitto
import Core
import Glibc

/// One libmosquitto handle, made for one attempt to connect and destroyed with it.
///
/// Never reused: libmosquitto resends what it holds unconfirmed after a reconnect, and so does the
/// outbox; a fresh handle leaves it to the outbox alone. Nothing is lost by it, as the session
/// lives in the broker and an inbound QoS 1 message has no state in the client. Packet identifiers
/// of our own publications start at 1 again, which is sound at QoS 0 and 1.
///
/// One thread at a time: the dialling thread's until `Dial.isFinished`, then the loop's.
final class Connection {
    let handle: OpaquePointer
    let isTLS: Bool
    let version: LinkOptions.ProtocolVersion
    let host: String

    /// Where the callbacks put what arrives; swapped with the caller's while `receive` runs.
    var burst = Burst()
    var topics = KnownTopics()
    /// What became of the connection, until `receive` hands it on.
    var signals: [LinkSignal] = []
    /// Whether a callback ran since this was last cleared.
    var hasProgressed = false
    /// TCP is through; before it there is nothing to read or write.
    var isEstablished = false
    /// CONNACK said yes.
    var isUp = false
    /// `.refused` or `.lost` was said; nothing more will be.
    var isOver = false
    /// libmosquitto is inside `loop_read`, where a publish callback means a PUBACK.
    var isReading = false
    /// QoS 1 messages whose PUBACK has not been let go.
    var heldCount = 0
    /// nil with TLS, where OpenSSL stands between libmosquitto and the socket.
    var gathering: Gathering?
    /// A flush met a full socket.
    var isFlushBlocked = false
    /// CONNACK's Maximum Packet Size.
    var maximumPacketBytes: Int?
    /// SUBSCRIBEs that wait for their SUBACKs, oldest first.
    var subscribing: [PendingSubscribe] = []

    /// What libmosquitto and OpenSSL complained of while connecting.
    var errorLines: [String] = []
    /// OpenSSL's verdict on the broker's certificate, where it refused it.
    var verification: Int?
    /// libmosquitto's log is on, and with it the DUP flags.
    var isLogHeard = false
    /// The DUP flag of the message whose callback comes next.
    var duplicate: Bool?
    /// How libmosquitto's debug line of a PUBLISH begins.
    let publishLine: [CChar]

    /// - Throws: what is wrong with the options, for the operator.
    init(_ options: LinkOptions) throws(SetupFailure) {
        if let problem = options.problems().first { throw SetupFailure(reason: problem) }
        _ = Self.library
        // The agent's session outlives its connections: not clean, under our own identifier.
        guard let handle = mosquitto_new(options.clientID, options.startsClean, nil) else {
            throw SetupFailure(reason: String(cString: strerror(errno)))
        }
        self.handle = handle
        isTLS = options.tls != nil
        version = options.version
        host = options.host
        publishLine = Array("Client \(options.clientID) received PUBLISH (d".utf8CString.dropLast())
        mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
        try configure(options)
        setCallbacks()
    }

    deinit {
        // Closes the socket if it is open, without DISCONNECT: the broker publishes the will.
        mosquitto_log_callback_set(handle, nil)
        mosquitto_destroy(handle)
    }

    /// libmosquitto's own setup, once in the process.
    private static let library: Int32 = mosquitto_lib_init()

    /// The descriptor, once there is one.
    var socket: Int32? {
        let descriptor = mosquitto_socket(handle)
        return descriptor < 0 ? nil : descriptor
    }

    /// From now on reads and writes of the socket are gathered.
    func gather(on socket: Int32) {
        if !isTLS, Gathering.isBuilt { gathering = Gathering(socket: socket) }
    }

    /// Runs a call of libmosquitto, with its reads and writes gathered where they are.
    @inline(__always)
    func gathered<Result>(_ call: () -> Result) -> Result {
        guard let gathering else { return call() }
        return gathering(call)
    }

    /// TLS is not known to be through: `mosquitto_want_write` then stays true for no reason.
    var isHandshaking: Bool { isTLS && !isUp }

    /// Resolves the name and starts the connection; may block on the resolver.
    /// - Parameter isIPv4Only: binds to 0.0.0.0, so that IPv6 addresses fail at once:
    ///   libmosquitto takes the first address to which a connection could be started.
    /// - Returns: nil, or why it failed.
    func dial(_ target: DialTarget) -> String? {
        errno = 0
        let code = mosquitto_connect_bind_async(
            handle, target.host, Int32(target.port), target.keepAliveSeconds,
            target.isIPv4Only ? "0.0.0.0" : nil)
        let number = errno
        if code == MOSQ_ERR_SUCCESS.rawValue { return nil }
        return reason(code: code, number: number)
    }
}

/// Where a connection goes.
struct DialTarget: Sendable {
    var host: String
    var port: Int
    var keepAliveSeconds: Int32
    var isIPv4Only: Bool
}

/// The options cannot work; `reason` is for the operator.
struct SetupFailure: Error, Equatable {
    var reason: String
}
