import Core
import GRDBSQLite

// Forgets an entity in bounded steps, each a transaction of its own that holds the place of the
// next (decision 0020). Nothing here is on a message's path.
extension StoreWriter {
    /// The forgetting that is being done; nil where there is none.
    public var currentForgetting: Forgetting? { forgetting?.job }

    /// How many are not done, with that one.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func forgettingsPending() throws(ReadError) -> Int {
        let sql = """
            SELECT count(*) FROM forgetting WHERE phase < \(Forgetting.Phase.done.rawValue)
            """
        return try reading { () throws(SQLiteFailure) in Int(try connection.integer(sql) ?? 0) }
    }

    /// Those that are not done, in the order in which they are.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func pendingForgettings() throws(ReadError) -> [Forgetting] {
        let wanted = "phase < \(Forgetting.Phase.done.rawValue) ORDER BY event_seq"
        return try reading { () throws(SQLiteFailure) in
            try Self.loadForgettings(connection, where: wanted)
        }
    }

    /// Gives new messages on an entity's topics new numbers from here on, so that a forgetting,
    /// also one that waits for its turn, can delete the old ones: to be called before anything else
    /// is committed, behind the commit that began it, and for each that is not done after opening.
    /// - Parameter id: topics through this number.
    public func renewTopics(through id: Int64 = .max, _ finder: some EntityFinder) {
        topics.removeAll(through: id) { finder.trace(in: $0) == .about }
    }

    /// Makes ready to step: to be called before anything else is committed, once after the commit
    /// that began a forgetting, and once after opening a store in which one is not done.
    ///
    /// New messages on the entity's topics get new numbers from here on, so that the old ones can
    /// be deleted.
    public func prepareForgetting(_ finder: some EntityFinder) {
        guard let job = forgetting?.job, job.hasTopics else { return }
        renewTopics(through: job.topicsThrough, finder)
    }

    /// Takes the next step.
    ///
    /// - Parameter finder: for the entity of `currentForgetting`.
    /// - Throws: every case of `CommitError`: nothing of the step happened; call again.
    public func forgetStep(_ finder: some EntityFinder) throws(CommitError) -> ForgetStep {
        guard let work = forgetting else { return .idle }
        if !work.isSecure { try setSecure(true) }
        switch work.job.phase {
        case .checkpoints: return try eraseCheckpoints()
        case .events: try step { (job) throws(SQLiteFailure) in try eraseEvents(&job, finder) }
        case .emptying:
            if !work.isErasing { try endWindow() }
            try step { (job) throws(SQLiteFailure) in try emptyRows(&job) }
        case .deleting: try step { (job) throws(SQLiteFailure) in try deleteRows(&job) }
        case .rollUps: try step { (job) throws(SQLiteFailure) in try eraseRollUps(&job) }
        case .index:
            try step { (job) throws(SQLiteFailure) in
                // A slice is counted with it: whoever looks sees that it goes on.
                if job.counts["memory"] != nil, try mergeIndexSlice() {
                    job.place += 1
                    return
                }
                try rebuildIndexes(job)
                job.go(to: .topics)
            }
        case .topics: try step { (job) throws(SQLiteFailure) in try eraseTopics(&job, finder) }
        case .outbox:
            if try outboxMentions(work.job) { return .waiting(.outbox) }
            try advance(to: .space)
        case .space: try step { (job) throws(SQLiteFailure) in try giveBackSpace(&job) }
        case .log, .done: return try finish()
        }
        return .more
    }

    /// Erased messages that the broker may send again, once: it is for whoever recognises
    /// redeliveries to know them.
    public func takeRepeatable() -> [TailEntry] {
        defer { forgetting?.repeatable = [] }
        return forgetting?.repeatable ?? []
    }

    // MARK: Beginning

    /// Within the transaction of its event.
    func beginForgetting(_ entity: String, _ next: State) throws(SQLiteFailure) -> Forgetting {
        guard let event = next.lastEvent?.sequence else {
            preconditionFailure("a forgetting belongs to an event")
        }
        var through = [("outbox", next.nextOutboxID - 1)]
        for table in EntityTraces.rows.map(\.name) + ["topic"] {
            through.append((table, try connection.integer("SELECT max(rowid) FROM \(table)") ?? 0))
        }
        // The newest rows may go, and no number comes again.
        _ = try run("UPDATE meta SET value = ? WHERE key = 'memory_next'", next.nextMemoryID)
        _ = try run("UPDATE meta SET value = ? WHERE key = 'decision_next'", next.nextDecisionRow)
        let row = try connection.prepare(
            "INSERT INTO forgetting (event_seq, entity, phase, through) VALUES (?, ?, 0, ?)")
        row.bind(event, at: 1)
        try row.bind(entity, at: 2)
        try row.bind(Forgetting.json(through), at: 3)
        try row.run()
        guard let job = try Self.loadForgetting(connection, of: event) else {
            throw .damage("a forgetting that was just written is not there")
        }
        return job
    }

    /// The oldest that is not done, or that of an event.
    static func loadForgetting(
        _ connection: Connection, of event: EventSequence? = nil
    ) throws(SQLiteFailure) -> Forgetting? {
        let wanted =
            event.map { "event_seq = \($0)" } ?? "phase < \(Forgetting.Phase.done.rawValue)"
        return try loadForgettings(connection, where: wanted + " ORDER BY event_seq LIMIT 1").first
    }

    private static func loadForgettings(
        _ connection: Connection, where wanted: String
    ) throws(SQLiteFailure) -> [Forgetting] {
        let row = try connection.prepare(
            "SELECT \(Forgetting.columns) FROM forgetting WHERE \(wanted)")
        defer { row.reset() }
        var jobs: [Forgetting] = []
        while try row.step() {
            let job = Forgetting(
                sequence: row.integer(0), entity: row.text(1), phase: row.integer(2),
                step: row.integer(3), place: row.integer(4), through: row.text(5),
                counts: row.text(6))
            guard let job else {
                throw .damage("the forgetting of \(row.integer(0)) cannot be read")
            }
            jobs.append(job)
        }
        return jobs
    }

    // MARK: Steps

    /// One transaction that ends with the job's new place.
    func step(
        _ body: (inout Forgetting) throws(SQLiteFailure) -> Void
    ) throws(CommitError) {
        guard var job = forgetting?.job else { return }
        let earlier = forgetting?.repeatable
        do throws(CommitError) {
            try transaction(synced: false) { () throws(SQLiteFailure) in
                try body(&job)
                try save(job)
                options.failpoint?(.beforeCommit)
            }
        } catch {
            forgetting?.repeatable = earlier ?? []
            throw error
        }
        options.failpoint?(.afterCommit)
        forgetting?.job = job
        boundLog()
    }

    private func advance(to phase: Forgetting.Phase) throws(CommitError) {
        try step { (job) throws(SQLiteFailure) in job.go(to: phase) }
    }

    private func save(_ job: Forgetting) throws(SQLiteFailure) {
        let row = try connection.prepare(
            """
            UPDATE forgetting SET entity = ?, phase = ?, step = ?, place = ?, counts = ?
            WHERE event_seq = ?
            """)
        try row.bind(job.entity, at: 1)
        row.bind(job.phase.rawValue, at: 2)
        row.bind(Int64(job.step), at: 3)
        row.bind(job.place, at: 4)
        try row.bind(Forgetting.json(job.counts.map { ($0, Int64($1)) }), at: 5)
        row.bind(job.sequence, at: 6)
        try row.run()
    }

    /// Whether what is deleted is overwritten with zeros, also where that writes pages anew.
    func setSecure(_ wanted: Bool) throws(CommitError) {
        do throws(SQLiteFailure) {
            try connection.execute("PRAGMA secure_delete = \(wanted ? "ON" : "FAST")")
        } catch { throw CommitError(error) }
        forgetting?.isSecure = wanted
    }

    // MARK: The end

    /// A slice, counted with it.
    private func giveBackSpace(_ job: inout Forgetting) throws(SQLiteFailure) {
        let free = try connection.integer("PRAGMA freelist_count") ?? 0
        guard free > 0, try connection.canShrink() else { return job.go(to: .log) }
        try connection.execute("PRAGMA incremental_vacuum(\(Limits.vacuumSlicePages))")
        job.place += 1
    }

    /// The name goes, and with the write-ahead log everything that stood before in the pages.
    private func finish() throws(CommitError) -> ForgetStep {
        if forgetting?.job.entity.isEmpty == false {
            try step { (job) throws(SQLiteFailure) in job.entity = "" }
        }
        copier?.wait()
        do throws(SQLiteFailure) {
            try connection.checkpoint(.truncate, isPatient: false)
        } catch {
            if error.kind == .busy { return .waiting(.reader) }
            throw CommitError(error)
        }
        copiedPages = 0
        try step { (job) throws(SQLiteFailure) in
            job.go(to: .done)
            // Those that wait for their turn make none of them go.
            let done = "phase = \(Forgetting.Phase.done.rawValue)"
            try connection.execute(
                """
                DELETE FROM forgetting WHERE \(done) AND event_seq NOT IN
                    (SELECT event_seq FROM forgetting WHERE \(done) OR event_seq = \(job.sequence)
                    ORDER BY event_seq DESC LIMIT \(Limits.forgettingsKept))
                """)
        }
        try setSecure(false)
        do throws(SQLiteFailure) {
            state.soulCount = Int(try connection.integer("SELECT count(*) FROM soul") ?? 0)
            forgetting = try Self.loadForgetting(connection).map { ForgetWork(job: $0) }
        } catch { throw CommitError(error) }
        return .more
    }
}
