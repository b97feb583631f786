/// The topics below the agent's root (topics.md).
struct OwnTopics: Equatable, Sendable {
    let root: String
    /// What every topic below the root begins with.
    let prefix: [UInt8]
    let availability: String
    let status: String
    let health: String
    let metrics: String
    let heartbeat: String
    let errors: String
    let auditHead: String
    /// Requests.
    let memoryStore: String
    let memoryQuery: String

    init(root: String) {
        self.root = root
        prefix = Array((root + "/").utf8)
        availability = root + "/availability"
        status = root + "/status"
        health = root + "/health"
        metrics = root + "/metrics"
        heartbeat = root + "/events/heartbeat"
        errors = root + "/events/errors"
        auditHead = root + "/audit/head"
        memoryStore = root + "/memory/store"
        memoryQuery = root + "/memory/query"
    }

    /// Those that the agent subscribes to: a false `offline` is corrected, the echo of its own
    /// health shows that the link carries messages both ways, and requests are answered. Those to
    /// the API have topics that are configured (`RequestTopic`).
    var heard: [String] { [availability, status, health, memoryStore, memoryQuery] }
}
