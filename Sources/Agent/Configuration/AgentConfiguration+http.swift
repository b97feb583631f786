import Core

extension AgentConfiguration {
    /// The HTTP API.
    public struct HTTP: Equatable, Sendable {
        /// Whether there is one.
        public var isEnabled = true
        /// TCP addresses to listen on; none: only the local socket.
        public var listen = [ListenAddress.loopback]
        /// The local socket; nil: none.
        public var socket: String? = "/run/jamey/jamey.sock"
        /// What every TCP address speaks; nil: no TLS, which is for loopback addresses only.
        public var tls: TLS?
        /// Names of hosts that requests from this machine may be for beside localhost.
        public var hosts: [String] = []
        /// Origins whose pages may ask, as browsers write them.
        public var cors: [String] = []
        /// Whether errors tell their details.
        public var isDebug = false
        public var metrics = Metrics.viewer
        public var rate = Rate()
        /// nil: no tokens are taken.
        public var jwt: JWT?
        public var mqtt = MQTT()

        /// Our certificate, with those up to the authority behind it, and its key: PEM files.
        public struct TLS: Equatable, Sendable {
            public var certificate: FileReference
            public var key: FileReference

            public init(certificate: FileReference, key: FileReference) {
                self.certificate = certificate
                self.key = key
            }
        }

        /// Who may read `/metrics`.
        public enum Metrics: String, Equatable, Sendable, CaseIterable {
            /// Whoever has the role.
            case viewer
            case open
        }

        /// Requests of one address, and of one key or token.
        public struct Rate: Equatable, Sendable {
            /// In the long run; 1...100,000.
            public var perSecond = 50
            /// At once; 1...100,000.
            public var burst = 100

            public init() {}
        }

        /// What JSON Web Tokens are verified with, and what they must say.
        public struct JWT: Equatable, Sendable {
            /// The names of RFC 7518 and RFC 8037.
            public enum Algorithm: String, Equatable, Sendable, CaseIterable {
                case hs256 = "HS256"
                case rs256 = "RS256"
                case es256 = "ES256"
                case eddsa = "EdDSA"
            }

            public struct Key: Equatable, Sendable {
                /// The secret for HS256, else a public key as PEM.
                public var file: FileReference
                public var algorithm: Algorithm
                /// The `kid` of the tokens that it verifies; nil: those without, and any other.
                public var id: String?

                public init(file: FileReference, algorithm: Algorithm, id: String? = nil) {
                    self.file = file
                    self.algorithm = algorithm
                    self.id = id
                }
            }

            public var keys: [Key] = []
            /// A JSON Web Key Set (RFC 7517); at least this or one key.
            public var jwks: FileReference?
            /// What `iss` must be; nil: anything.
            public var issuer: String?
            /// What `aud` must hold; nil: a token that has one is refused, as it is for others.
            public var audience: String?
            /// The claim that names the role.
            public var roleClaim = "role"
            /// By how much clocks may differ; 0 s to 10 m.
            public var leeway: Duration = .seconds(30)

            public init() {}
        }
    }
}
