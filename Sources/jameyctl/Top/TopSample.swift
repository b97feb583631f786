import Core
import Mind

/// What one look at the agent has shown.
struct TopSample: Equatable, Sendable {
    /// When the counters were read, by the clock that never steps and by the wall's.
    var at: MonotonicTime
    var time: Timestamp
    /// What `GET /status` answers.
    var status: JSONValue
    var metrics: MetricText
    /// The newest first; those that were asked for.
    var alerts: [TopAlert]
    var devices: [TopDevice]
    /// Of the devices.
    var order: EntityOrder

    var state: String { status["status"]?.string ?? "" }
    var bootID: String? { status["boot_id"]?.string }

    var components: [ComponentStatus] {
        (status["components"]?.object?.members ?? []).map {
            ComponentStatus(name: $0.name, members: $0.value)
        }
    }

    /// How many alerts fire, those beside too that were not asked for.
    var alertsFiring: Int {
        let told = metrics["jamey_alerts_firing"].map { min(max(0, $0.rounded()), 1e9) }
        return max(alerts.count, told.map { Int($0) } ?? 0)
    }
}

/// An alert that fires, as `GET /alerts` tells it.
struct TopAlert: Equatable, Sendable {
    var rule: String
    var entity: String
    var severity: String
    var message: String
    var since: Timestamp?
    /// Who has acknowledged it.
    var seenBy: String?

    /// - Returns: nil of what is no alert.
    init?(_ json: JSONValue) {
        guard let rule = json["rule"]?.string, let entity = json["entity"]?.string else {
            return nil
        }
        self.rule = rule
        self.entity = entity
        severity = json["severity"]?.string ?? ""
        message = json["message"]?.string ?? ""
        since = json["since"]?.time
        seenBy = json["acknowledgement"]?["by"]?.string
    }
}

/// A device, as `GET /devices` tells it.
struct TopDevice: Equatable, Sendable {
    var entity: String
    /// Recorded within the minute before.
    var messagesPerMinute: Int64
    var lastSeen: Timestamp?
    var trust: Double?
    var alertsFiring: Int64

    /// - Returns: nil of what is no device.
    init?(_ json: JSONValue) {
        guard let entity = json["entity"]?.string else { return nil }
        self.entity = entity
        messagesPerMinute = json["messages_per_minute"]?.int ?? 0
        lastSeen = json["last_seen"]?.time
        trust = json["trust"]?.double
        alertsFiring = json["alerts_firing"]?.int ?? 0
    }
}

extension EntityOrder {
    /// As it stands in a heading.
    var title: String {
        switch self {
        case .loud: "the loudest first"
        case .recent: "heard last first"
        case .silent: "silent longest first"
        }
    }

    /// The one that a key leads to.
    var next: EntityOrder {
        switch self {
        case .loud: .recent
        case .recent: .silent
        case .silent: .loud
        }
    }
}
