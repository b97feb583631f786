import CMosquitto
import Core
import Glibc

/// The link to a real broker, on libmosquitto (decision 0002).
///
/// Owned by the loop and used from its thread only. Acknowledgements are held because packets are
/// only queued until `flush`; every attempt has a handle of its own (`Connection`).
///
/// Bounds: one reading may exceed `Limits.burstCountMax` by what a single call of libmosquitto
/// reads, which is as many packets as we have publications unconfirmed.
public final class MosquittoLink: BrokerLink {
    enum Stage {
        /// No connection, and none under way.
        case idle
        /// A thread resolves the name and starts the connection.
        case dialing(Dial)
        /// TCP, TLS, CONNECT, until CONNACK.
        case opening(Connection)
        case up(Connection)
    }

    private(set) var options: LinkOptions
    public var isReadingPaused = false
    public var burstCountMax = Limits.burstCountMax
    var stage = Stage.idle
    /// What `connect` itself has to say; handed on by `receive`.
    var pending: [LinkSignal] = []
    /// The last reading stopped at a bound: more may wait inside TLS.
    var isCutShort = false
    /// Alternates after a failure below MQTT, as libmosquitto tries a single address.
    private var isIPv4Only = false
    private let dialsMax: Int

    /// Until CONNACK the log is heard in any case, for the reasons of a failure.
    public var reportsDuplicates: Bool {
        get { connection?.isLogHeard ?? false }
        set {
            guard case .up(let connection) = stage else { return }
            connection.hearLog(newValue)
        }
    }

    /// Touches neither network nor files; what is wrong with the options is said by `connect`.
    public convenience init(_ options: LinkOptions) {
        self.init(options, dialsMax: Limits.dialsMax)
    }

    init(_ options: LinkOptions, dialsMax: Int) {
        self.options = options
        self.dialsMax = dialsMax
    }

    public func replacePassword(_ password: [UInt8]?) { options.password = password }

    /// The connection while the loop owns it.
    var connection: Connection? {
        switch stage {
        case .idle, .dialing: nil
        case .opening(let connection), .up(let connection): connection
        }
    }

    /// CONNACK's Maximum Packet Size, where the broker named one.
    public var maximumPacketBytes: Int? { connection?.maximumPacketBytes }

    public var socket: Int32? {
        switch stage {
        case .idle: nil
        case .dialing(let dial): dial.descriptor
        case .opening(let connection), .up(let connection): connection.socket
        }
    }

    public var wantsWrite: Bool {
        switch stage {
        case .idle, .dialing: false
        case .opening(let connection): !connection.isEstablished || connection.isFlushBlocked
        case .up(let connection): connection.isFlushBlocked
        }
    }

    public var hasBufferedInput: Bool {
        if isCutShort || !pending.isEmpty { return true }
        guard let connection else { return false }
        return !connection.signals.isEmpty || (connection.gathering?.unreadBytes ?? 0) > 0
    }

    public func connect() {
        abandon()
        do throws(SetupFailure) {
            let connection = try Connection(options)
            let target = DialTarget(
                host: options.host, port: options.port,
                keepAliveSeconds: options.keepAliveSeconds, isIPv4Only: isIPv4Only)
            if Self.needsNoResolver(options.host) {
                land(connection, failure: connection.dial(target))
            } else {
                stage = .dialing(try Dial.start(connection, target, atMost: dialsMax))
            }
        } catch {
            pending.append(.lost(reason: error.reason))
        }
    }

    /// The loop owns the connection from here on.
    func land(_ connection: Connection, failure: String?) {
        if let failure { return fail(connection, reason: failure) }
        stage = .opening(connection)
    }

    /// Ends an attempt below MQTT; the next tries the other family of addresses.
    func fail(_ connection: Connection, reason: String) {
        if !connection.isUp, !Self.needsNoResolver(options.host) { isIPv4Only.toggle() }
        connection.end(reason: reason)
        retire(connection)
    }

    /// Takes over what the connection has still to say, and destroys it.
    func retire(_ connection: Connection) {
        pending.append(contentsOf: connection.signals)
        connection.signals.removeAll()
        stage = .idle
        isCutShort = false
    }

    /// Whether the name is an address, or the one name that every machine knows itself.
    static func needsNoResolver(_ host: String) -> Bool {
        host == "localhost" || NumericAddress(host) != nil
    }

    public func tick() {
        guard case .up(let connection) = stage, connection.socket != nil else { return }
        // The callback of a keep-alive that ran out says `.lost`.
        _ = mosquitto_loop_misc(connection.handle)
        if connection.heldCount == 0 { flush() }
    }

    public func disconnect(keepsWill: Bool) {
        defer { abandon() }
        guard case .up(let connection) = stage, connection.socket != nil else { return }
        let clock = SystemTime()
        let deadline = clock.monotonic() + Limits.disconnectTimeMax
        flush()
        while connection.isFlushBlocked, let socket = connection.socket,
            clock.monotonic() < deadline
        {
            _ = Self.events(of: socket, POLLOUT, milliseconds: 10)
            flush()
        }
        // Its only DISCONNECT would take the will away: the socket is closed without one.
        if keepsWill, connection.version == .v311 { return }
        // libmosquitto closes the socket behind DISCONNECT, so that has to leave at once.
        connection.gathering = nil
        connection.isOver = true
        let reason = keepsWill ? Int32(MQTT_RC_DISCONNECT_WITH_WILL_MSG.rawValue) : 0
        let code = mosquitto_disconnect_v5(connection.handle, reason, nil)
        guard code == MOSQ_ERR_SUCCESS.rawValue else { return }
        flush()
        // Writing DISCONNECT closes the socket.
        while let socket = connection.socket, clock.monotonic() < deadline {
            _ = Self.events(of: socket, POLLOUT, milliseconds: 10)
            flush()
        }
    }

    public func abandon() {
        // Lets go of the connection, or of the dial whose thread then cleans up.
        stage = .idle
        pending.removeAll()
        isCutShort = false
    }

    /// What `poll` says about a socket.
    static func events(of socket: Int32, _ wanted: Int32, milliseconds: Int32) -> Int32 {
        var entry = pollfd(fd: socket, events: Int16(truncatingIfNeeded: wanted), revents: 0)
        guard poll(&entry, 1, milliseconds) > 0 else { return 0 }
        return Int32(entry.revents)
    }
}
