import Core
import GRDB

extension StoreReader {
    /// How far the forgetting is that began with an event; nil where none did.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forgetting(of event: EventSequence) throws(ReadError) -> Forgetting? {
        try forgetting("WHERE event_seq = ?", [event])
    }

    /// The forgetting that is under way, or is next; nil where all are done.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func currentForgetting() throws(ReadError) -> Forgetting? {
        try forgetting(
            "WHERE phase < ? ORDER BY event_seq LIMIT 1", [Forgetting.Phase.done.rawValue])
    }

    /// The one that this one waits for, as it began before; nil where there is none.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forgetting(before job: Forgetting) throws(ReadError) -> Forgetting? {
        guard !job.isDone, let current = try currentForgetting(), current.sequence < job.sequence
        else { return nil }
        return current
    }

    private func forgetting(
        _ condition: String, _ arguments: StatementArguments
    ) throws(ReadError) -> Forgetting? {
        try read { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT \(Forgetting.columns) FROM forgetting \(condition)",
                arguments: arguments)
            guard let row else { return nil }
            let event = try row.integer(0)
            let job = Forgetting(
                sequence: event, entity: try row.text(1), phase: try row.integer(2),
                step: try row.integer(3), place: try row.integer(4), through: try row.text(5),
                counts: try row.text(6))
            guard let job else { throw ReadError.corrupt("the forgetting of \(event)") }
            return job
        }
    }

    /// What the log keeps of the name that a forgetting was about (decision 0020); nil where it has
    /// no such event, or no longer.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forgottenDigest(of event: EventSequence) throws(ReadError) -> String? {
        let payload = try read { database -> [UInt8]? in
            let sql = "SELECT payload FROM event WHERE seq = ?"
            return try Row.fetchOne(database, sql: sql, arguments: [event])?.bytes(0)
        }
        guard let payload,
            case .forgotten(let digest, author: _)? = try? ControlRequest(json: payload)
        else { return nil }
        return digest
    }

    /// The event of the newest forgetting; nil where none began.
    ///
    /// Whether of all of them what was heard and decided is erased, and whether all are done: they
    /// may wait long for the broker in between.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func newestForgetting() throws(ReadError) -> (
        sequence: EventSequence, isErased: Bool, isDone: Bool
    )? {
        try read { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT max(event_seq), min(phase) FROM forgetting")
            guard let row, !row.isNull(0) else { return nil }
            let phase = try row.integer(1)
            return (
                try row.integer(0), phase > Forgetting.Phase.deleting.rawValue,
                phase == Forgetting.Phase.done.rawValue
            )
        }
    }
}
