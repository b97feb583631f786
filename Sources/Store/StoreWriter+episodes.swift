import Core
import GRDBSQLite

extension StoreWriter {
    func apply(_ change: EpisodeChange, _ next: inout State) throws(SQLiteFailure) {
        switch change {
        case .opened(let episode):
            try insert(episode, as: next.nextEpisodeID)
            next.nextEpisodeID += 1
            _ = try run(
                "UPDATE meta SET value = ? WHERE key = 'episode_next'", next.nextEpisodeID)
        case .closed(let episode, let at, let summary): try close(episode, at, summary)
        }
    }

    private func insert(_ episode: Episode, as id: Int64) throws(SQLiteFailure) {
        let row = try connection.prepare(
            """
            INSERT INTO episode (entity, decision_id, event_seq, opened_at, run_up_from, follow_up,
                severity, triggers, further_triggers, changes, id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        try row.bind(episode.entity, at: 1)
        try row.bind(episode.decisionID, at: 2)
        row.bind(episode.eventSequence, at: 3)
        row.bind(episode.openedAt.microseconds, at: 4)
        row.bind(episode.runUpFrom.microseconds, at: 5)
        row.bind(episode.followUp.microseconds, at: 6)
        try row.bind(episode.severity, at: 7)
        try row.bind(copy: episode.triggersJSON, at: 8)
        row.bind(Int64(episode.furtherTriggers), at: 9)
        try row.bind(copy: episode.changesJSON, at: 10)
        row.bind(id, at: 11)
        try row.run()
    }

    /// One whose row is gone, since there were too many, is not made again: its summary is a
    /// memory by itself.
    private func close(
        _ episode: Episode, _ at: Timestamp, _ summary: String
    ) throws(SQLiteFailure) {
        let row = try connection.prepare(
            """
            UPDATE episode SET ended_at = ?, closed_at = ?, severity = ?, triggers = ?,
                further_triggers = ?, changes = ?, summary = ?
            WHERE decision_id = ? AND closed_at IS NULL
            """)
        row.bind((episode.endedAt ?? at).microseconds, at: 1)
        row.bind(at.microseconds, at: 2)
        try row.bind(episode.severity, at: 3)
        try row.bind(copy: episode.triggersJSON, at: 4)
        row.bind(Int64(episode.furtherTriggers), at: 5)
        try row.bind(copy: episode.changesJSON, at: 6)
        try row.bind(summary, at: 7)
        try row.bind(episode.decisionID, at: 8)
        try row.run()
    }

    // MARK: Retention

    /// Keeps what belongs to episodes of the events that are about to be deleted.
    ///
    /// Every event is looked at once, when it goes, and only where an episode reaches that far:
    /// what is in no episode costs nothing.
    /// - Parameters:
    ///   - range: the times of the first and the last of these events.
    ///   - entities: those that a topic is about.
    func keepEpisodes(
        through sequence: EventSequence, _ range: ClosedRange<Int64>, maxBytes: Int64,
        _ entities: (String) -> [String]
    ) throws(SQLiteFailure) {
        var pending = try pendingEpisodes(openedBy: range.upperBound)
        guard !pending.isEmpty else { return }
        if pending.contains(where: { $0.reaches(into: range) }) {
            try keepEvents(of: &pending, through: sequence, entities)
            try dropEvents(beyond: maxBytes / Limits.episodeShareOfStore)
        }
        let row = try connection.prepare("UPDATE episode SET is_kept = 1 WHERE id = ?")
        for episode in pending where episode.isPassed(by: range.upperBound) {
            row.bind(episode.id, at: 1)
            try row.run()
        }
    }

    private func pendingEpisodes(openedBy last: Int64) throws(SQLiteFailure) -> [PendingEpisode] {
        let row = try connection.prepare(
            """
            SELECT id, entity, opened_at, run_up_from, follow_up, ended_at, events, bytes
            FROM episode WHERE is_kept = 0 AND run_up_from <= ?
                AND entity NOT IN (SELECT entity FROM forgetting) ORDER BY run_up_from
            """)
        row.bind(last, at: 1)
        var pending: [PendingEpisode] = []
        while try row.step() { pending.append(PendingEpisode(row)) }
        return pending
    }

    private func keepEvents(
        of pending: inout [PendingEpisode], through sequence: EventSequence,
        _ entities: (String) -> [String]
    ) throws(SQLiteFailure) {
        var places: [ExactText: [Int]] = [:]
        for (place, episode) in pending.enumerated() {
            places[ExactText(episode.entity), default: []].append(place)
        }
        var known: [ExactText: [Int]] = [:]
        let insert = try connection.prepare(
            "INSERT OR IGNORE INTO episode_event VALUES (?, ?, ?, ?, ?, ?)")
        let row = try connection.prepare(
            EventRow.select + " WHERE e.seq <= ? AND (e.flags & 3) = 0 ORDER BY e.seq")
        row.bind(sequence, at: 1)
        while try row.step() {
            // A topic that is not there is damage, which reading the log will tell of.
            guard let topic = EventRow.topic(row) else { continue }
            let key = ExactText(topic)
            if known[key] == nil {
                known[key] = entities(topic).flatMap { places[ExactText($0)] ?? [] }
            }
            for place in known[key] ?? [] where pending[place].contains(row.integer(1)) {
                try pending[place].keep(EventRow(row), topic, insert)
            }
        }
        try store(pending)
    }

    private func store(_ pending: [PendingEpisode]) throws(SQLiteFailure) {
        let row = try connection.prepare(
            "UPDATE episode SET events = ?, bytes = ?, left_out = left_out + ? WHERE id = ?")
        for episode in pending where episode.hasChanged {
            row.bind(episode.events, at: 1)
            row.bind(episode.bytes, at: 2)
            row.bind(episode.leftOut, at: 3)
            row.bind(episode.id, at: 4)
            try row.run()
        }
    }

    /// Deletes the events of the oldest episodes while those of all take too much.
    private func dropEvents(beyond bytesMax: Int64) throws(SQLiteFailure) {
        var excess =
            (try connection.integer("SELECT sum(bytes) FROM episode WHERE bytes > 0") ?? 0)
            - bytesMax
        guard excess > 0 else { return }
        let row = try connection.prepare(
            "SELECT id, bytes FROM episode WHERE bytes > 0 ORDER BY id")
        var dropped: [Int64] = []
        while excess > 0, try row.step() {
            dropped.append(row.integer(0))
            excess -= row.integer(1)
        }
        row.reset()
        for id in dropped {
            _ = try run("DELETE FROM episode_event WHERE episode = ?", id)
            _ = try run(
                "UPDATE episode SET left_out = left_out + events, events = 0, bytes = 0 "
                    + "WHERE id = ?", id)
        }
    }

    /// Deletes the oldest episodes beyond `Limits.episodesMax`.
    /// - Returns: how many, at most `slice`.
    func deleteEpisodes(_ slice: Int, keeping count: Int) throws(SQLiteFailure) -> Int {
        let newest = try connection.integer("SELECT max(id) FROM episode") ?? 0
        let oldest = try connection.integer("SELECT min(id) FROM episode") ?? 0
        let through = min(newest - Int64(count), oldest + Int64(slice) - 1)
        guard newest > 0, through >= oldest else { return 0 }
        _ = try run("DELETE FROM episode_event WHERE episode <= ?", through)
        return try run("DELETE FROM episode WHERE id <= ?", through)
    }
}

/// An episode of whose events the log may still have some.
private struct PendingEpisode {
    let id: Int64
    let entity: String
    private let openedAt: Int64
    private let runUpFrom: Int64
    private let followUp: Int64
    private let endedAt: Int64?
    private(set) var events: Int64
    private(set) var bytes: Int64
    private(set) var leftOut: Int64 = 0
    private(set) var hasChanged = false

    /// From a row of `pendingEpisodes`.
    init(_ row: Statement) {
        id = row.integer(0)
        entity = row.text(1)
        openedAt = row.integer(2)
        runUpFrom = row.integer(3)
        followUp = row.integer(4)
        endedAt = row.isNull(5) ? nil : row.integer(5)
        events = row.integer(6)
        bytes = row.integer(7)
    }

    /// The run-up and the beginning.
    private var head: ClosedRange<Int64> { runUpFrom...(openedAt + followUp) }
    /// What followed its end.
    private var tail: ClosedRange<Int64>? { endedAt.map { $0...($0 + followUp) } }

    func contains(_ at: Int64) -> Bool {
        head.contains(at) || tail.map { $0.contains(at) } == true
    }

    func reaches(into range: ClosedRange<Int64>) -> Bool {
        head.overlaps(range) || tail.map { $0.overlaps(range) } == true
    }

    /// Whether nothing of it can be in the log behind that time.
    func isPassed(by at: Int64) -> Bool {
        guard let tail else { return false }
        return max(head.upperBound, tail.upperBound) < at
    }

    mutating func keep(
        _ event: EventRow, _ topic: String, _ insert: Statement
    ) throws(SQLiteFailure) {
        hasChanged = true
        // The end has room of its own.
        let countMax = Int64(Limits.episodeEventsMax) * (head.contains(event.at) ? 1 : 2)
        let size = Int64(topic.utf8.count + event.payload.count)
        let bytesMax = Int64(Limits.episodeBytesMax) * (head.contains(event.at) ? 1 : 2)
        guard events < countMax, bytes + size <= bytesMax else {
            leftOut += 1
            return
        }
        insert.bind(id, at: 1)
        insert.bind(event.sequence, at: 2)
        insert.bind(event.at, at: 3)
        try insert.bind(entity, at: 4)
        try insert.bind(topic, at: 5)
        try insert.run(bytes: event.payload, at: 6)
        events += 1
        bytes += size
    }
}
