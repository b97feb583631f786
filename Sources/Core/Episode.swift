/// A stretch of an entity's time in which something was wrong: what led up to it, what happened,
/// and what followed (decision 0021).
///
/// An entity has at most one that is open; what begins meanwhile is part of it.
public struct Episode: Equatable, Sendable {
    /// An alert that was raised, or a proposal that was denied, while the episode was open.
    public struct Trigger: Equatable, Sendable {
        public enum Kind: String, CaseIterable, Sendable { case alert, denial }

        public var kind: Kind
        /// The rule of an alert; the route of a denial.
        public var name: String
        /// The decision that told of it first.
        public var decisionID: String
        /// What that said.
        public var message: String
        public var since: Timestamp
        /// When an alert ceased to hold for the last time so far, when a proposal was last denied;
        /// nil while the alert holds.
        public var until: Timestamp?
        /// How often, 1...
        public var count: Int

        public init(
            kind: Kind, name: String, decisionID: String, message: String, since: Timestamp,
            until: Timestamp? = nil, count: Int = 1
        ) {
            self.kind = kind
            self.name = name
            self.decisionID = decisionID
            self.message = message
            self.since = since
            self.until = until
            self.count = count
        }
    }

    /// A numeric field of working memory, before the episode and at its end.
    public struct Change: Equatable, Sendable {
        public var field: String
        public var before: Double
        public var after: Double?

        public init(field: String, before: Double, after: Double? = nil) {
            self.field = field
            self.before = before
            self.after = after
        }
    }

    public var entity: String
    /// The decision that opened it: its name.
    public var decisionID: String
    /// The event that opened it.
    public var eventSequence: EventSequence
    public var openedAt: Timestamp
    /// From then on the entity's events belong to it: the run-up.
    public var runUpFrom: Timestamp
    /// Until then the events after the opening are kept with it; and as long after its end.
    public var followUp: Duration
    /// `info`, `warning` or `critical`: that of its worst alert.
    public var severity: String
    /// In the order in which they came first; at most `Limits.episodeTriggersMax`.
    public var triggers: [Trigger]
    /// Triggers of further names, counted only.
    public var furtherTriggers: Int
    /// Of the fields that the entity had; at most `Limits.episodeFieldsMax`.
    public var changes: [Change]
    /// When the last alert of it ceased to hold; nil while one does.
    public var endedAt: Timestamp?

    public init(
        entity: String, decisionID: String, eventSequence: EventSequence, openedAt: Timestamp,
        runUpFrom: Timestamp, followUp: Duration, severity: String, triggers: [Trigger] = [],
        furtherTriggers: Int = 0, changes: [Change] = [], endedAt: Timestamp? = nil
    ) {
        self.entity = entity
        self.decisionID = decisionID
        self.eventSequence = eventSequence
        self.openedAt = openedAt
        self.runUpFrom = runUpFrom
        self.followUp = followUp
        self.severity = severity
        self.triggers = triggers
        self.furtherTriggers = furtherTriggers
        self.changes = changes
        self.endedAt = endedAt
    }
}

/// What an event does to an episode.
public enum EpisodeChange: Equatable, Sendable {
    case opened(Episode)
    /// Its follow-up is over; the summary is remembered in the same outcome.
    case closed(Episode, at: Timestamp, summary: String)
}

extension Episode {
    /// The triggers as JSON, as the store keeps them and people are shown them.
    public var triggersJSON: [UInt8] {
        var json = JSONWriter(reservingBytes: 512)
        json.array { list in
            for trigger in triggers { trigger.write(to: &list) }
        }
        return json.bytes
    }

    /// The changed fields as JSON.
    public var changesJSON: [UInt8] {
        var json = JSONWriter(reservingBytes: 256)
        json.array { list in
            for change in changes {
                list.object { json in
                    json.member("field", change.field)
                    json.member("before", change.before)
                    if let after = change.after { json.member("after", after) }
                }
            }
        }
        return json.bytes
    }
}

extension Episode.Trigger {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("kind", kind.rawValue)
            json.member("name", name)
            json.member("since", since)
            if let until { json.member("until", until) }
            json.member("count", count)
            json.member("decision_id", decisionID)
            json.member("message", message)
        }
    }
}
