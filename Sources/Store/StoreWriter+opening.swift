import Core
import GRDBSQLite

extension StoreWriter {
    /// Takes a store to another version of the schema, up or down, for going back to an older
    /// build.
    ///
    /// Each step is one transaction: an interrupted one leaves the version before it. Steps down
    /// delete what the older version does not know.
    /// - Parameter version: 1...`schemaVersion`
    public static func migrate(
        path: String, to version: Int, options: StoreOptions = StoreOptions()
    ) throws(OpenError) {
        precondition((1...schemaVersion).contains(version))
        let lock = try DatabaseFile.prepare(path)
        defer { lock.release() }
        try refuseForeign(path, options)
        let connection: Connection
        do throws(SQLiteFailure) {
            connection = try connect(path, options)
        } catch { throw OpenError(error) }
        defer { connection.close() }
        try migrate(connection, to: version, options)
    }

    /// The version of the schema that this build writes.
    public static var schemaVersion: Int { Migrations.current }

    static func connect(
        _ path: String, _ options: StoreOptions
    ) throws(SQLiteFailure) -> Connection {
        let connection = try Connection(path: path, vfs: options.vfs)
        connection.setBusyTimeout()
        // Can only be chosen before the first page is written, which journal_mode does.
        try connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        // SQLite answers with the mode it has, and not with an error, where it cannot have this
        // one.
        let mode = try connection.text("PRAGMA journal_mode = WAL") ?? "none"
        guard mode == "wal" else {
            throw SQLiteFailure(
                code: SQLITE_IOERR, message: "journal mode \(mode): no shared memory here")
        }
        // FAST overwrites what is deleted within the pages that are written anyway; ON, Debian's
        // default, would write every page that retention frees (decision 0020).
        try connection.execute(
            """
            PRAGMA synchronous = FULL;
            PRAGMA journal_size_limit = \(Limits.walBytesKept);
            PRAGMA secure_delete = FAST;
            PRAGMA trusted_schema = OFF;
            PRAGMA cell_size_check = ON;
            PRAGMA temp_store = MEMORY;
            """)
        return connection
    }

    /// Refuses a file that is not ours, or newer, before a byte of it changes: opened for writing,
    /// SQLite would turn a database of another program to write-ahead logging.
    static func refuseForeign(_ path: String, _ options: StoreOptions) throws(OpenError) {
        let connection: Connection
        let found: Int
        let isOurs: Bool
        do throws(SQLiteFailure) {
            connection = try Connection(
                readingOnly: DatabaseFile.readOnlyURI(path), vfs: options.vfs)
            connection.setBusyTimeout()
            found = Int(try connection.integer("PRAGMA user_version") ?? 0)
            let application = try connection.integer("PRAGMA application_id") ?? 0
            let tables = try connection.integer("SELECT count(*) FROM sqlite_schema") ?? 0
            let isNew = application == 0 && found == 0 && tables == 0
            isOurs = isNew || application == Migrations.applicationID
        } catch { throw OpenError(error) }
        guard isOurs, found >= 0 else { throw .notADatabase("a file of another program") }
        guard found <= Migrations.current else {
            throw .newerVersion(found: found, supported: Migrations.current)
        }
    }

    static func migrate(
        _ connection: Connection, to version: Int, _ options: StoreOptions
    ) throws(OpenError) {
        do throws(SQLiteFailure) {
            try Migrations.migrate(connection, to: version) {
                options.failpoint?(.duringMigration)
            }
        } catch { throw OpenError(error) }
    }

    /// The integrity check at start (decision 0003).
    ///
    /// Always the newest events; after an unclean end also the whole of a file that is small enough
    /// to be read at once.
    static func check(_ connection: Connection) throws(OpenError) {
        do throws(SQLiteFailure) {
            if try connection.integer("SELECT value FROM meta WHERE key = 'clean'") != 1 {
                // What a crash left in the write-ahead log is not left there for the next one.
                do throws(SQLiteFailure) {
                    try connection.checkpoint(.truncate)
                } catch  where error.kind == .busy {}
                try checkWhole(connection)
            }
            try checkTail(connection)
        } catch { throw OpenError(error) }
    }

    private static func checkWhole(_ connection: Connection) throws(SQLiteFailure) {
        let bytes = try connection.usedBytes()
        guard bytes <= Limits.startCheckBytesMax else { return }
        let answer = try connection.text("PRAGMA quick_check(1)")
        guard answer == "ok" else { throw .damage(answer ?? "quick_check says nothing") }
    }

    private static func checkTail(_ connection: Connection) throws(SQLiteFailure) {
        let tail = try connection.prepare(
            """
            SELECT count(*), coalesce(max(seq) - min(seq) + 1, 0), coalesce(sum(length(payload)), 0)
            FROM (SELECT seq, payload FROM event ORDER BY seq DESC LIMIT \(Limits.startCheckRows))
            """)
        guard try tail.step() else { return }
        defer { tail.reset() }
        guard tail.integer(0) == tail.integer(1) else {
            throw .damage("events are missing near the end of the log")
        }
    }

    // MARK: What the writer keeps in memory

    static func loadLogID(
        _ connection: Connection, _ options: StoreOptions
    ) throws(SQLiteFailure) -> String {
        let isUnused = try connection.integer(
            "SELECT NOT EXISTS (SELECT 1 FROM event) AND NOT EXISTS (SELECT 1 FROM checkpoint)")
        if let wanted = options.logID, isUnused == 1 {
            let update = try connection.prepare("UPDATE meta SET value = ? WHERE key = 'log_id'")
            try update.bind(wanted, at: 1)
            try update.run()
        }
        let found = try connection.text("SELECT value FROM meta WHERE key = 'log_id'")
        guard let found else { throw .damage("the log has lost its id") }
        return found
    }

    static func loadState(_ connection: Connection) throws(SQLiteFailure) -> State {
        var state = State()
        // Retention may have deleted the last event, but never the checkpoint that is past it.
        let last = try connection.prepare(
            """
            SELECT seq, at FROM (SELECT seq, at FROM event ORDER BY seq DESC LIMIT 1)
            UNION ALL
            SELECT seq, at FROM (
                SELECT seq, at FROM checkpoint WHERE seq > 0 ORDER BY seq DESC LIMIT 1)
            ORDER BY seq DESC LIMIT 1
            """)
        if try last.step() {
            state.lastEvent = LogPosition(
                sequence: last.integer(0), at: Timestamp(microseconds: last.integer(1)))
            last.reset()
        }
        state.acknowledgedThrough =
            try connection.integer("SELECT value FROM meta WHERE key = 'acknowledged_through'") ?? 0
        state.nextOutboxID = max(
            try connection.integer("SELECT value FROM meta WHERE key = 'outbox_next'") ?? 1,
            (try connection.integer("SELECT max(id) FROM outbox") ?? 0) + 1)
        state.nextDecisionRow = max(
            try connection.integer("SELECT value FROM meta WHERE key = 'decision_next'") ?? 1,
            (try connection.integer("SELECT max(row) FROM decision") ?? 0) + 1)
        state.nextMemoryID = max(
            try connection.integer("SELECT value FROM meta WHERE key = 'memory_next'") ?? 1,
            (try connection.integer("SELECT max(id) FROM memory") ?? 0) + 1)
        state.nextEpisodeID = max(
            try connection.integer("SELECT value FROM meta WHERE key = 'episode_next'") ?? 1,
            (try connection.integer("SELECT max(id) FROM episode") ?? 0) + 1)
        try loadRollUps(connection, into: &state)
        state.outboxDepth = Int(try connection.integer("SELECT count(*) FROM outbox") ?? 0)
        state.nextEvidenceID =
            max(
                try connection.integer("SELECT max(id) FROM evidence") ?? 0,
                try connection.integer("SELECT max(changed) FROM soul") ?? 0) + 1
        state.soulCount = Int(try connection.integer("SELECT count(*) FROM soul") ?? 0)
        return state
    }

    static func loadNextCheckpointID(_ connection: Connection) throws(SQLiteFailure) -> Int64 {
        let last = try connection.integer(
            """
            SELECT max(id) FROM
                (SELECT id FROM checkpoint UNION ALL SELECT checkpoint FROM checkpoint_part)
            """)
        return (last ?? 0) + 1
    }

    static func loadTopics(
        _ connection: Connection, lastUsed: EventSequence
    ) throws(SQLiteFailure) -> TopicDictionary {
        var topics = TopicDictionary()
        let rows = try connection.prepare(
            "SELECT id, name FROM topic WHERE typeof(name) = 'text' ORDER BY id")
        while try rows.step() {
            topics.load(rows.text(1), id: rows.integer(0), lastUsed: lastUsed)
        }
        return topics
    }
}
