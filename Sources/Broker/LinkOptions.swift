import Core

/// How the broker is reached and who we are to it.
public struct LinkOptions: Sendable {
    /// The version of MQTT that is spoken.
    public enum ProtocolVersion: Sendable { case v5, v311 }

    /// A name or an address. With TLS the broker's certificate must be for exactly this.
    public var host: String
    /// 1...65535.
    public var port: Int
    /// Names the session in the broker; two agents with one identifier throw each other out.
    public var clientID: String
    public var version: ProtocolVersion
    /// 5 to 65,535 s.
    public var keepAlive: Duration
    /// How long the broker keeps the session after the connection ends (MQTT 5.0, 3.1.2.11.2);
    /// in 3.1.1 the broker alone decides.
    public var sessionExpiry: Duration
    /// Whether the broker forgets a session that it has for the client identifier, with all that
    /// waits in it (MQTT 5.0, section 3.1.2.4); in 3.1.1 the new one ends with its connection, too.
    public var startsClean = false
    /// Whether new subscriptions bring what the broker has retained (retain handling, MQTT 5.0,
    /// section 3.8.3.1); in 3.1.1 they always do.
    public var takesRetained = true
    /// 1...65535: QoS 1 messages that the broker may send unacknowledged (MQTT 5).
    public var receiveMaximum: UInt16
    /// MQTT 5: the broker drops what is larger instead of sending it.
    public var maximumPacketBytes: Int
    public var username: String?
    /// Held here only; never printed.
    public var password: [UInt8]?
    /// nil: no TLS.
    public var tls: TLSOptions?
    /// Published by the broker when the connection ends without DISCONNECT.
    public var will: Publication?
    /// How long the broker waits with it for another connection where the password is a token,
    /// which is replaced while the link is up (MQTT 5.0, section 3.1.3.2.2); whole seconds.
    public var tokenWillDelay = Limits.tokenWillDelay

    public init(
        host: String, port: Int = 1883, clientID: String, version: ProtocolVersion = .v5,
        keepAlive: Duration = .seconds(30), sessionExpiry: Duration = .seconds(7 * 24 * 3600),
        receiveMaximum: UInt16 = Limits.receiveMaximum,
        maximumPacketBytes: Int = Limits.packetBytesMax, username: String? = nil,
        password: [UInt8]? = nil, tls: TLSOptions? = nil, will: Publication? = nil
    ) {
        self.host = host
        self.port = port
        self.clientID = clientID
        self.version = version
        self.keepAlive = keepAlive
        self.sessionExpiry = sessionExpiry
        self.receiveMaximum = receiveMaximum
        self.maximumPacketBytes = maximumPacketBytes
        self.username = username
        self.password = password
        self.tls = tls
        self.will = will
    }
}

/// Transport security. The broker's certificate and its host name are always verified.
public struct TLSOptions: Sendable, Equatable {
    /// The oldest version of TLS that is spoken.
    public enum Minimum: String, Sendable {
        case v12 = "1.2"
        case v13 = "1.3"
    }

    /// PEM file of the authorities trusted; nil: those of the system (`/etc/ssl/certs`).
    public var caFile: String?
    /// PEM file of our own certificate and its chain; needs `keyFile`.
    public var certificateFile: String?
    /// PEM file of its key, not encrypted.
    public var keyFile: String?
    public var minimum: Minimum

    public init(
        caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil,
        minimum: Minimum = .v13
    ) {
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.minimum = minimum
    }
}

// The password stays out of logs, crash reports and `dump` alike.
extension LinkOptions: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String {
        let secret = password == nil ? "none" : "redacted"
        let name = username ?? "none"
        let scheme = tls == nil ? "mqtt" : "mqtts"
        return "\(clientID) at \(scheme)://\(host):\(port), username \(name), password \(secret)"
    }

    public var debugDescription: String { description }

    public var customMirror: Mirror {
        Mirror(self, children: ["description": description], displayStyle: .struct)
    }
}
