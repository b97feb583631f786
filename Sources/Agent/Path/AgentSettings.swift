import Core
import Mind
import Store

/// What the loop is told once, at its start.
public struct AgentSettings: Sendable {
    public var node: String
    /// `jamey/edge-1`
    public var root: String
    public var clientID: String
    /// Different at every start, so that an `offline` of an earlier life is known as one.
    public var bootID: String
    public var version: String
    public var statusInterval: Duration
    /// Whether a committed burst survives a power cut, or only the process.
    public var survivesPowerCut: Bool
    public var retention: Retention
    /// New memories of these layers are told on `memory/updates`.
    public var memoryUpdates: Set<Memory.Layer>
    /// How long roll-ups are kept.
    public var rollUps: RollUpRetention
    /// Where requests to the API are taken, where it can be asked by MQTT; by different names.
    public var requestTopics = [RequestTopic.standard()]
    var bounds = PathBounds()
    /// Everything that is configured, for the audit chain; nil links nothing.
    public var configuration: String?
    /// What the broker is shown at the start, for the audit chain.
    public var credentials = BrokerCredentials()
    /// Signs the head of the audit chain at the start.
    public var auditKey: AuditSigningKey?
    /// Where the store is, for what metrics tell of its file system; nil tells nothing.
    public var storePath: String?

    /// How much of the log is kept, whichever is first, and how long memories are.
    public struct Retention: Equatable, Sendable {
        public var maxAge: Duration
        public var maxBytes: Int64
        /// How long memories are kept.
        public var memories: MemoryRetention

        public init(
            maxAge: Duration, maxBytes: Int64, memories: MemoryRetention = MemoryRetention()
        ) {
            self.maxAge = maxAge
            self.maxBytes = maxBytes
            self.memories = memories
        }
    }

    public init(
        node: String, root: String, clientID: String, bootID: String, version: String,
        statusInterval: Duration, survivesPowerCut: Bool, retention: Retention,
        memoryUpdates: Set<Memory.Layer> = [.semantic, .longTerm],
        rollUps: RollUpRetention = RollUpRetention()
    ) {
        self.node = node
        self.root = root
        self.clientID = clientID
        self.bootID = bootID
        self.version = version
        self.statusInterval = statusInterval
        self.survivesPowerCut = survivesPowerCut
        self.retention = retention
        self.memoryUpdates = memoryUpdates
        self.rollUps = rollUps
    }
}

/// Where rule files come from: a directory in the daemon, a list in tests.
public protocol RuleSource: Sendable {
    /// - Throws: what a person must mend; the rules in force stay in force.
    func read() throws(RuleSetErrors) -> [RuleFile]
    /// Checks files as a whole, these or those that were activated once. A simulation, which does
    /// so thousands of times, remembers the answers.
    func load(_ files: [RuleFile]) throws(RuleSetErrors) -> RuleSet
}

extension RuleSource {
    public func load(_ files: [RuleFile]) throws(RuleSetErrors) -> RuleSet {
        try RuleSetLoader.load(files)
    }
}

/// Why the agent cannot start.
public enum StartError: Error, CustomStringConvertible {
    /// The store cannot be read: the text says what to do.
    case store(String)
    /// The rules are wrong and no earlier set is there to go on with: mend them.
    case rules(String)

    public var description: String {
        switch self {
        case .store(let text), .rules(let text): text
        }
    }
}
