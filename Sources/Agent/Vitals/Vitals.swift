import Core

/// What the agent tells about itself (topics.md): a value that renders, the agent publishes.
struct Vitals {
    let settings: AgentSettings
    let topics: OwnTopics
    let startedAt: Timestamp
    let start: MonotonicTime

    private(set) var state = AgentState.starting
    private(set) var since: Timestamp
    private(set) var reason: String?
    /// The rules in force, which the status names too.
    private(set) var ruleset: String?
    /// Whether it was `online` once.
    private(set) var hasBeenOnline = false
    /// Numbers the health messages.
    private(set) var healthSequence = 0
    private(set) var lastCommit: MonotonicTime?
    /// The event up to which a checkpoint was made or begun.
    var checkpointSequence: EventSequence = 0
    /// Why the newest rule files are not in force.
    var rulesFault: String?
    /// Filters that the broker's access control refused.
    var refusedFilters: [String] = []
    /// The broker has confirmed the subscriptions once.
    var isSubscribed = false
    var errors = ErrorBudget()
    /// The link that was told on `audit/head` last.
    var auditSeqTold: Int64 = 0
    /// A false `offline` is corrected at most once a second, whoever insists on it.
    private var lastCorrection: MonotonicTime?
    /// Somebody, perhaps our own will of an earlier life, said that we are gone.
    var isContradicted = false
    /// Farewells whose PUBACK is still to come.
    private var farewells: Set<UInt16> = []

    init(_ settings: AgentSettings, at wall: Timestamp, _ start: MonotonicTime) {
        self.settings = settings
        self.start = start
        topics = OwnTopics(root: settings.root)
        startedAt = wall
        since = wall
    }

    var isWaiting: Bool { !farewells.isEmpty }

    /// - Returns: whether the state, its reason or the rules are others than before.
    mutating func become(
        _ state: AgentState, reason: String?, ruleset: String?, at wall: Timestamp
    ) -> Bool {
        guard state != self.state || reason != self.reason || ruleset != self.ruleset else {
            return false
        }
        if state != self.state { since = wall }
        if state == .online { hasBeenOnline = true }
        self.state = state
        self.reason = reason
        self.ruleset = ruleset
        return true
    }

    mutating func committed(at now: MonotonicTime) { lastCommit = now }
    mutating func linkLost() { farewells.removeAll() }
    mutating func confirmed(packetID: UInt16) {
        if !farewells.isEmpty { farewells.remove(packetID) }
    }
    mutating func awaits(packetID: UInt16) { if packetID != 0 { farewells.insert(packetID) } }

    mutating func nextHealthSequence() -> Int {
        healthSequence += 1
        return healthSequence
    }

    /// When a false `offline` is to be corrected; nil where none was heard.
    var correctionDue: MonotonicTime? {
        guard isContradicted else { return nil }
        return lastCorrection.map { $0 + .seconds(1) } ?? start
    }

    mutating func takeCorrection(at now: MonotonicTime) -> Bool {
        guard let due = correctionDue, now >= due else { return false }
        isContradicted = false
        lastCorrection = now
        return true
    }

    // MARK: Payloads

    /// `online` while connected, whatever the state; `offline` is the will and the farewell.
    func availability(_ isOnline: Bool = true) -> Publication {
        Publication(
            topic: topics.availability, payload: Array((isOnline ? "online" : "offline").utf8),
            retain: true)
    }

    var status: Publication {
        Publication(
            topic: topics.status,
            payload: statusPayload(state, since: since, reason: reason), retain: true)
    }

    /// The last words, in order; `stopping` was said when the stop began.
    func farewell(at wall: Timestamp) -> [Publication] {
        let offline = statusPayload(.offline, since: wall, reason: "stopped")
        return [
            Publication(topic: topics.status, payload: offline, retain: true), availability(false),
        ]
    }

    private func statusPayload(
        _ state: AgentState, since: Timestamp, reason: String?
    ) -> [UInt8] {
        JSONWriter.object { json in
            json.member("status", state.rawValue)
            json.member("boot_id", settings.bootID)
            json.member("since", since)
            json.member("reason", ifPresent: reason)
            json.member("version", settings.version)
            json.member("ruleset", ifPresent: ruleset)
            json.member("durability", settings.survivesPowerCut ? "power" : "process")
        }
    }

    func error(_ rejection: Rejection) -> Publication {
        let payload = JSONWriter.object { json in
            json.member("code", rejection.code)
            json.member("message", rejection.message)
            json.member("component", rejection.component)
            json.member("severity", rejection.severity.rawValue)
        }
        return Publication(topic: topics.errors, payload: payload)
    }

    func heartbeat(_ usage: ProcessUsage.Reading, at wall: Timestamp, isConnected: Bool)
        -> Publication
    {
        let payload = JSONWriter.object { json in
            json.member("client_id", settings.clientID)
            json.member("timestamp", wall)
            json.object("metrics") { metrics in
                metrics.member("memory_usage", usage.residentBytes)
                metrics.member("cpu_usage", usage.cpuShare)
                metrics.member("uptime", (wall - startedAt).components.seconds)
                metrics.member("active_connections", isConnected ? 1 : 0)
            }
        }
        return Publication(topic: topics.heartbeat, payload: payload, qos: .atMostOnce)
    }
}

extension AgentSettings {
    /// What the broker publishes when the agent is gone without a word (decision 0008).
    public var will: Publication {
        Publication(
            topic: OwnTopics(root: root).availability, payload: Array("offline".utf8),
            retain: true)
    }
}
