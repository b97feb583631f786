import Agent
import Core

/// How the API is set up: section `http:` of the configuration, and what else it must know.
public struct APISettings: Sendable {
    /// TCP addresses to listen on.
    public var listen: [ListenAddress]
    /// The local socket; nil: none.
    public var socketPath: String?
    /// What every TCP address speaks; nil: no TLS.
    public var tls: TLSFiles?
    /// Names of hosts, in lowercase, that requests from this machine may be for beside localhost.
    public var hosts: [String]
    /// Origins whose pages may ask, as browsers write them: `https://panel.example`.
    public var corsOrigins: [String]
    /// Whether errors tell their details.
    public var isDebug: Bool
    /// Whether `/metrics` answers anyone.
    public var isMetricsOpen: Bool
    public var rate: Rate
    /// nil: no tokens are taken.
    public var jwt: JWT?
    /// Whether the same routes are there by MQTT.
    public var takesMQTT: Bool

    /// The directory of the rules.
    public var ruleDirectory: String
    public var node: String
    public var version: String
    public var storePath: String

    /// Requests of one address or principal.
    public struct Rate: Equatable, Sendable {
        /// Per second, on average.
        public var perSecond: Double
        /// At once.
        public var burst: Int

        public init(perSecond: Double = 50, burst: Int = 100) {
            self.perSecond = perSecond
            self.burst = burst
        }
    }

    /// PEM files.
    public struct TLSFiles: Equatable, Sendable {
        /// Our own certificate, and behind it those up to the authority.
        public var certificate: String
        public var key: String

        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// What tokens are verified with, and what they must say.
    public struct JWT: Equatable, Sendable {
        public typealias Algorithm = AgentConfiguration.HTTP.JWT.Algorithm

        /// A key of its own file.
        public struct Key: Equatable, Sendable {
            /// The secret for HS256, else a public key as PEM.
            public var file: String
            public var algorithm: Algorithm
            /// The `kid` of the tokens that it verifies; nil: those without, and any other.
            public var id: String?

            public init(file: String, algorithm: Algorithm, id: String? = nil) {
                self.file = file
                self.algorithm = algorithm
                self.id = id
            }
        }

        public var keys: [Key]
        /// A JSON Web Key Set (RFC 7517), read again when it changes.
        public var jwksFile: String?
        /// What `iss` must be; nil: anything.
        public var issuer: String?
        /// What `aud` must hold; nil: a token that has one is refused, as it is for others.
        public var audience: String?
        /// The claim that names the role.
        public var roleClaim: String
        /// By how much clocks may differ.
        public var leeway: Duration

        public init(
            keys: [Key] = [], jwksFile: String? = nil, issuer: String? = nil,
            audience: String? = nil, roleClaim: String = "role", leeway: Duration = .seconds(30)
        ) {
            self.keys = keys
            self.jwksFile = jwksFile
            self.issuer = issuer
            self.audience = audience
            self.roleClaim = roleClaim
            self.leeway = leeway
        }
    }

    public init(node: String, version: String, storePath: String) {
        listen = [.loopback]
        socketPath = nil
        tls = nil
        hosts = []
        corsOrigins = []
        isDebug = false
        isMetricsOpen = false
        rate = Rate()
        jwt = nil
        takesMQTT = true
        ruleDirectory = "/etc/jamey/rules.d"
        self.node = node
        self.version = version
        self.storePath = storePath
    }
}
