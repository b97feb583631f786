import Core
import Store

/// How one agent is set up: what `jamey.yaml` says, with the defaults of what it does not say.
public struct AgentConfiguration: Equatable, Sendable {
    /// Names the agent among others: one level of a topic.
    public var node: String
    public var broker: Broker
    public var topics: Topics
    public var store: Store
    public var rules: Rules
    public var memory: MemorySettings
    public var status: Status
    public var http: HTTP
    public var log: Log
    public var audit: Audit

    /// The defaults of everything, for a node.
    public init(node: String) {
        self.node = node
        broker = Broker(clientID: "jamey-\(node)")
        topics = Topics(root: "jamey/\(node)")
        store = Store()
        rules = Rules()
        memory = MemorySettings()
        status = Status()
        http = HTTP()
        log = Log()
        audit = Audit()
    }

    /// Where the broker is, and who we are to it.
    public struct Broker: Equatable, Sendable {
        public enum ProtocolVersion: String, Equatable, Sendable {
            case v5 = "5"
            case v311 = "3.1.1"
        }

        public var host = "127.0.0.1"
        /// 1...65535; without a word in the file 1883, with TLS 8883.
        public var port = 1883
        public var version = ProtocolVersion.v5
        /// 5 s to 65,535 s.
        public var keepAlive: Duration = .seconds(30)
        /// How long the broker keeps our session; 1 s to 4,294,967,294 s.
        public var sessionExpiry: Duration = .seconds(7 * 24 * 3600)
        public var clientID: String
        public var username: String?
        /// Where the password stands; the password itself is never in the configuration.
        public var passwordFile: FileReference?
        /// nil: no TLS.
        public var tls: TLS?
    }

    /// Transport security to the broker.
    public struct TLS: Equatable, Sendable {
        public enum Version: String, Equatable, Sendable, CaseIterable {
            case v12 = "1.2"
            case v13 = "1.3"
        }

        /// PEM file of the authorities trusted; nil: those of the system.
        public var ca: FileReference?
        /// PEM file of our own certificate; there if and only if `key` is.
        public var certificate: FileReference?
        public var key: FileReference?
        public var minimum = Version.v13
    }

    public struct Topics: Equatable, Sendable {
        /// Before every topic of the agent's own; `{node}` has been replaced.
        public var root: String
    }

    /// The one SQLite file.
    public struct Store: Equatable, Sendable {
        /// What a commit survives.
        public enum Durability: String, Equatable, Sendable, CaseIterable {
            case power, process
        }

        public var path = "/var/lib/jamey/jamey.db"
        public var durability = Durability.power
        public var shortTerm = ShortTerm()
    }

    /// How much of the event log is kept: until either bound is met.
    public struct ShortTerm: Equatable, Sendable {
        /// At least 1 s.
        public var maxAge: Duration = .seconds(24 * 3600)
        /// At least 1 MiB.
        public var maxBytes = 1 << 30
    }

    public struct Rules: Equatable, Sendable {
        public var directory = "/etc/jamey/rules.d"
        /// A second directory, whose rules run in shadow; nil: none.
        public var shadow: String?
    }

    public struct MemorySettings: Equatable, Sendable {
        /// Layers whose new memories are told on `memory/updates`.
        public var updates: Set<Memory.Layer> = [.semantic, .longTerm]
        /// How long roll-ups are kept; each at least 1 h.
        public var rollUps = RollUpRetention()
        /// How long memories are kept that nobody pinned.
        public var retention = MemoryRetention(episodic: .seconds(90 * 86_400))
    }

    public struct Status: Equatable, Sendable {
        /// Between two reports of health and metrics; 1 s to 1 d.
        public var interval: Duration = .seconds(30)
    }

    public struct Audit: Equatable, Sendable {
        /// Where the Ed25519 key stands that signs the head of the chain; nil: nobody signs.
        public var signKey: FileReference?
    }

    public struct Log: Equatable, Sendable {
        /// The names of swift-log's levels.
        public enum Level: String, Equatable, Sendable, CaseIterable {
            case trace, debug, info, notice, warning, error, critical
        }

        public enum Format: String, Equatable, Sendable, CaseIterable { case json, text }

        public var level = Level.info
        public var format = Format.json
    }
}
