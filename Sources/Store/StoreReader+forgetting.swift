import Core
import GRDB

extension StoreReader {
    /// How far the forgetting is that began with an event; nil where none did.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forgetting(of event: EventSequence) throws(ReadError) -> Forgetting? {
        try read { database in
            let row = try Row.fetchOne(
                database,
                sql: "SELECT \(Forgetting.columns) FROM forgetting WHERE event_seq = ?",
                arguments: [event])
            guard let row else { return nil }
            let job = Forgetting(
                sequence: event, entity: try row.text(1), phase: try row.integer(2),
                step: try row.integer(3), place: try row.integer(4), through: try row.text(5),
                counts: try row.text(6))
            guard let job else { throw ReadError.corrupt("the forgetting of \(event)") }
            return job
        }
    }

    /// The event of the forgetting that is under way, or is next; nil where all are done.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func currentForgetting() throws(ReadError) -> EventSequence? {
        let sql = """
            SELECT min(event_seq) FROM forgetting WHERE phase < \(Forgetting.Phase.done.rawValue)
            """
        return try read { database in try Int64.fetchOne(database, sql: sql) }
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

    /// The event of the newest forgetting, and whether all of them are done; nil where none began.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func newestForgetting() throws(ReadError) -> (sequence: EventSequence, isDone: Bool)? {
        try read { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT max(event_seq), min(phase) FROM forgetting")
            guard let row, !row.isNull(0) else { return nil }
            let isDone = try row.integer(1) == Forgetting.Phase.done.rawValue
            return (try row.integer(0), isDone)
        }
    }
}
