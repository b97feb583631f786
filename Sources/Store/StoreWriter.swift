import Core

/// The one writer of a store. Owned by the loop and used from its thread only.
///
/// A raw connection with prepared statements (decision 0003); readers use `StoreReader`. Dropping
/// it without `close` is what a crash is: everything that was committed is there again.
public final class StoreWriter {
    /// 8 hexadecimal digits that were drawn when the file was made: tells logs apart.
    public let logID: String
    public let durability: Durability

    let connection: Connection
    let statements: WriteStatements
    let options: StoreOptions
    private let lock: FileLock
    var topics: TopicDictionary
    var state: State
    /// What `PRAGMA synchronous` was last set to; nil before the first transaction.
    private var isSynced: Bool?
    /// The newest link of the audit chain as of the last synced commit.
    private(set) var syncedAuditHead: AuditHead?
    /// An I/O error happened: what was written without a sync may never reach the disk, although
    /// the next sync reports success.
    private var isSuspect = false
    /// Memory for the bytes of rows that are written together.
    var rowBytes: [UInt8] = []
    /// Copies the write-ahead log beside the loop; nil where the loop does it.
    let copier: LogCopier?
    /// Pages of the write-ahead log when it was last copied, 0 once it began anew.
    var copiedPages = 0
    /// Checkpoints of the mind that are being written in parts.
    var pendingCheckpoints = PendingCheckpoints()
    var nextCheckpointID: Int64
    /// Parts may be left of a checkpoint that is no more, or never was whole.
    var hasStaleParts = true
    /// Bytes that checkpoints may take: less in a small store.
    var checkpointsBytesMax = Limits.checkpointsBytesMax
    /// Smaller in tests.
    var soulsMax = Limits.soulsMax
    /// Minutes that are on their way into hours and days.
    var consolidation: Consolidation?
    /// Where retention is among the memories.
    var memoryPass = MemoryPass()
    var yielding = Yielding()
    /// What hours and days take, and whether that is too much.
    var rollUpSizes = RollUpSizes()
    /// The entity that is being forgotten.
    var forgetting: ForgetWork?
    /// The end of the audit chain.
    var chain = AuditChain()

    /// What the writer knows of the file without asking it; replaced when a commit succeeds.
    struct State {
        var lastEvent: LogPosition?
        var acknowledgedThrough: EventSequence = 0
        var nextOutboxID: OutboxID = 1
        /// The row that the next decision will have.
        var nextDecisionRow: Int64 = 1
        var outboxDepth = 0
        /// The id that the next memory will have.
        var nextMemoryID: MemoryID = 1
        /// The id that the next episode will have.
        var nextEpisodeID: Int64 = 1
        /// The row that the next evidence will have.
        var nextEvidenceID: Int64 = 1
        var soulCount = 0
        /// The row that the next minute will have.
        var nextMinuteRow: Int64 = 1
        /// The last minute's row that is in its hour and day.
        var consolidatedRow: Int64 = 0
        /// How far the last request to forget old memories came; nil where it may not go on there.
        var forgetPass: ForgetPass?
    }

    /// Opens the store, making the file and migrating the schema where needed.
    ///
    /// Directories are made with mode 0700, files with 0600. An advisory lock on `path` + ".lock"
    /// is held until `close`. After an unclean end the file is checked, in bounded time
    /// (decision 0003).
    /// - Throws: every case of `OpenError`; nothing was changed but for migrations that completed.
    public init(
        path: String, durability: Durability = .power, options: StoreOptions = StoreOptions()
    ) throws(OpenError) {
        lock = try DatabaseFile.prepare(path)
        try Self.refuseForeign(path, options)
        do throws(SQLiteFailure) {
            connection = try Self.connect(path, options)
        } catch { throw OpenError(error) }
        copier = options.copiesBeside ? LogCopier(path: path, vfs: options.vfs) : nil
        self.durability = durability
        self.options = options
        try Self.migrate(connection, to: Migrations.current, options)
        try Self.check(connection)
        do throws(SQLiteFailure) {
            logID = try Self.loadLogID(connection, options)
            state = try Self.loadState(connection)
            topics = try Self.loadTopics(connection, lastUsed: state.lastEvent?.sequence ?? 0)
            nextCheckpointID = try Self.loadNextCheckpointID(connection)
            statements = try WriteStatements(connection)
            forgetting = try Self.loadForgetting(connection).map { ForgetWork(job: $0) }
            chain = try Self.loadChain(connection)
            try beginChain()
            try connection.execute("UPDATE meta SET value = 0 WHERE key = 'clean'")
        } catch { throw OpenError(error) }
    }

    /// The newest event of the log, also when retention has deleted it; nil in a log without any.
    public var lastEvent: LogPosition? { state.lastEvent }
    /// The last event whose PUBACK is known to have reached the broker; 0 before any.
    public var acknowledgedThrough: EventSequence { state.acknowledgedThrough }
    /// Whether a checkpoint of the mind is still being written; there is no use in another one now.
    public var isWritingCheckpoint: Bool { pendingCheckpoints.first != nil }
    /// The number that the next memory will have; those of one batch follow each other.
    public var nextMemoryID: MemoryID { state.nextMemoryID }
    /// Whether the file gives back what retention frees. One that was not made by us may keep its
    /// size: what is freed is used again. A forgetting at rest writes it anew, and mends that.
    public var canShrink: Bool { (try? connection.canShrink()) ?? false }
    /// Rows in the outbox.
    public var outboxDepth: Int { state.outboxDepth }

    /// Writes what is left of a checkpoint, marks a clean end, folds the write-ahead log into the
    /// file, and lets go of both.
    ///
    /// The writer must not be used afterwards. It is closed even when this throws: then the next
    /// start finds an unclean end and loses nothing.
    public func close() throws(CommitError) {
        defer {
            connection.close()
            lock.release()
        }
        copier?.close()
        while pendingCheckpoints.first != nil { try writeCheckpointPart() }
        try transaction(synced: true) { () throws(SQLiteFailure) in
            try connection.execute("UPDATE meta SET value = 1 WHERE key = 'clean'")
        }
        do throws(SQLiteFailure) {
            try connection.checkpoint(.truncate)
        } catch {
            // A reader still uses the log: it stays beside the file, whole.
            if error.kind != .busy { throw CommitError(error) }
        }
    }

    /// Runs the body in one transaction; when anything fails, nothing of it happened.
    func transaction<Result>(
        synced: Bool, _ body: () throws(SQLiteFailure) -> Result
    ) throws(CommitError) -> Result {
        do throws(SQLiteFailure) {
            if isSuspect { try rewriteLog() }
            try setSynced(synced && durability == .power)
            try statements.begin.run()
            let result = try body()
            try statements.commit.run()
            topics.keep()
            chain.keep()
            if isSynced == true { syncedAuditHead = chain.place.head }
            return result
        } catch {
            throw abandon(error)
        }
    }

    func abandon(_ failure: SQLiteFailure) -> CommitError {
        // Some errors have rolled back already. A rollback in WAL mode touches no disk.
        if connection.isInTransaction { try? statements.rollback.run() }
        topics.rollBack()
        chain.rollBack()
        if failure.kind == .io { isSuspect = true }
        return CommitError(failure)
    }

    /// Copies the whole write-ahead log into the file and begins it anew.
    ///
    /// After a failed sync the kernel may hold pages of the log as clean which never reached the
    /// disk, and a later sync would report success. Copied, they are written and synced once more.
    private func rewriteLog() throws(SQLiteFailure) {
        copier?.wait()
        try connection.checkpoint(.truncate)
        isSuspect = false
    }

    /// SQLite obeys this pragma when it is compiled, not when it runs: it cannot be kept prepared.
    private func setSynced(_ wanted: Bool) throws(SQLiteFailure) {
        guard isSynced != wanted else { return }
        isSynced = nil
        try connection.execute(wanted ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL")
        isSynced = wanted
    }
}

/// A place in the log.
public struct LogPosition: Equatable, Sendable {
    public var sequence: EventSequence
    public var at: Timestamp

    public init(sequence: EventSequence, at: Timestamp) {
        self.sequence = sequence
        self.at = at
    }
}
