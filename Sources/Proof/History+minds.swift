import Core
import Mind
import Store

extension History {
    /// The first event that can be folded, and when it was; nil where none can.
    /// - Throws: `.store`.
    public func reach() throws(HistoryError) -> LogPosition? {
        guard let start = starts.first else { return nil }
        if start.place == nil { return first }
        return try Self.reading { () throws(ReadError) in
            try reader.position(of: start.sequence + 1)
        }
    }

    /// The nearest place before an event from which its fold can begin; the event may be the one
    /// that comes next.
    /// - Throws: `.notYet`, `.outOfReach`, `.store`.
    public func start(before event: EventSequence) throws(HistoryError) -> Start {
        guard event <= last.sequence + 1 else { throw .notYet(event, last: last) }
        guard event >= 1, let start = starts.last(where: { $0.sequence < event }) else {
            throw .outOfReach(event, since: try reach())
        }
        return start
    }

    /// The mind as it was at a start; nil where that is no longer there, or damaged.
    ///
    /// - Parameter rules: where they are others, what was known goes on under them as when they
    ///   take effect.
    /// - Throws: `.store`, `.rulesetMissing`, `.rulesetNotUnderstood`.
    public func mind(
        at start: Start, under rules: Rules = .recorded
    ) throws(HistoryError) -> Mind? {
        guard var mind = try mind(at: start) else { return nil }
        if case .other(let ruleset) = rules {
            if start.place == nil {
                mind.begin(after: 0, under: ruleset)
            } else {
                mind.suppose(ruleset)
            }
        }
        return mind
    }

    private func mind(at start: Start) throws(HistoryError) -> Mind? {
        guard let place = start.place else { return Mind(settings: settings) }
        let stored = try Self.reading { () throws(ReadError) in try reader.checkpoint(at: place) }
        guard let stored, let digest = try? Mind.rulesetDigest(ofCheckpoint: stored.bytes) else {
            return nil
        }
        let ruleset = digest.isEmpty ? nil : try rulebook.ruleset(digest)
        let mind = try? Mind(settings: settings, checkpoint: stored.bytes, ruleset: ruleset)
        return mind?.sequence == place.sequence ? mind : nil
    }

    /// The mind at the nearest start before an event that can be used.
    /// - Throws: every case of `HistoryError` but `.empty` and `.rootUnknown`.
    public func mindAtStart(
        before event: EventSequence, under rules: Rules = .recorded
    ) throws(HistoryError) -> Mind {
        var before = event
        while true {
            let start = try start(before: before)
            if let mind = try mind(at: start, under: rules) { return mind }
            // Damaged, or thinned out meanwhile.
            guard start.sequence > 0 else { throw .outOfReach(event, since: nil) }
            before = start.sequence
        }
    }

    /// The mind as it was just before an event.
    ///
    /// Folds what lies between the nearest start and the event: `Limits.checkpointsKept` starts
    /// share the log.
    /// - Throws: every case of `HistoryError` but `.empty` and `.rootUnknown`.
    public func mind(
        before event: EventSequence, under rules: Rules = .recorded
    ) throws(HistoryError) -> Mind {
        var mind = try mindAtStart(before: event, under: rules)
        try fold(&mind, through: event - 1, under: rules) { _, _ in true }
        return mind
    }
}
