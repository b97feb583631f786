/// The schema and its history (decision 0003). A step that was released is never edited.
enum Migrations {
    /// Ascending, dense, from 1.
    static let all = [
        log, decisions, decisionRows, decisionEntities, memories, memoryAuthors, souls, episodes,
        rollUps, forgetting, activations, shadow, audit, access,
    ]

    /// What this build writes.
    static let current = all.count

    /// Tells our files from those of other programs: "jamy".
    static let applicationID: Int64 = 0x6a61_6d79

    /// Takes the steps between the file's version and the wanted one, each in its own transaction.
    ///
    /// An interrupted step leaves the version before it.
    /// - Parameters:
    ///   - version: 0...`current`
    ///   - beforeCommit: runs in each step, when only its commit is missing
    static func migrate(
        _ connection: Connection, to version: Int, beforeCommit: () -> Void = {}
    ) throws(SQLiteFailure) {
        precondition((0...current).contains(version))
        var found = Int(try connection.integer("PRAGMA user_version") ?? 0)
        while found != version {
            let isUp = found < version
            let step = isUp ? all[found] : all[found - 1]
            let next = isUp ? found + 1 : found - 1
            try connection.execute("BEGIN IMMEDIATE")
            do throws(SQLiteFailure) {
                try connection.execute(isUp ? step.up : step.down)
                try connection.execute("PRAGMA user_version = \(next)")
                beforeCommit()
                try connection.execute("COMMIT")
            } catch {
                // SQLite may have rolled back already; then this says so, which changes nothing.
                try? connection.execute("ROLLBACK")
                throw error
            }
            found = next
        }
    }

    // `event.topic` holds the id of a topic or, where it is not in the dictionary, its bytes: bytes
    // and not text, which SQLite would convert when it compares "12" with an id. The payload comes
    // last, so that reading the rest of a row never walks a large one. A checkpoint is there when
    // its row is; its parts are written before it and deleted after it, one by one.
    private static let log = Migration(
        version: 1, name: "log, topics, checkpoints, rule sets",
        up: """
            PRAGMA application_id = \(applicationID);
            CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
            INSERT INTO meta VALUES
                ('log_id', lower(hex(randomblob(4)))),
                ('created_at', CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000),
                ('acknowledged_through', 0),
                ('clean', 1);
            CREATE TABLE topic (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
            CREATE TABLE event (
                seq INTEGER PRIMARY KEY,
                at INTEGER NOT NULL,
                flags INTEGER NOT NULL,
                topic,
                packet_id INTEGER NOT NULL,
                properties BLOB,
                payload BLOB);
            CREATE TABLE checkpoint (
                id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL,
                parts INTEGER NOT NULL);
            CREATE TABLE checkpoint_part (
                checkpoint INTEGER NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL);
            CREATE TABLE ruleset (
                id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, activated_at INTEGER NOT NULL);
            CREATE TABLE ruleset_file (
                digest TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL,
                text TEXT NOT NULL, PRIMARY KEY (digest, position)) WITHOUT ROWID;
            """,
        down: """
            DROP TABLE ruleset_file;
            DROP TABLE ruleset;
            DROP TABLE checkpoint_part;
            DROP TABLE checkpoint;
            DROP TABLE event;
            DROP TABLE topic;
            DROP TABLE meta;
            """)

    // Neither index is unique: a decision that came twice would then stop the agent, and the file
    // is no place to find that out. `outbox_next` outlives `down`, so no row number comes again.
    private static let decisions = Migration(
        version: 2, name: "decisions and the outbox",
        up: """
            CREATE TABLE decision (
                row INTEGER PRIMARY KEY,
                id TEXT NOT NULL,
                kind INTEGER NOT NULL,
                at INTEGER NOT NULL,
                event_seq INTEGER NOT NULL,
                route TEXT NOT NULL,
                entity TEXT NOT NULL,
                positive INTEGER NOT NULL,
                json BLOB NOT NULL);
            CREATE INDEX decision_id ON decision (id);
            CREATE INDEX decision_entity ON decision (entity);
            CREATE TABLE outbox (
                id INTEGER PRIMARY KEY,
                flags INTEGER NOT NULL,
                topic BLOB NOT NULL,
                properties BLOB,
                payload BLOB NOT NULL);
            INSERT OR IGNORE INTO meta VALUES ('outbox_next', 1);
            """,
        down: """
            DROP TABLE outbox;
            DROP TABLE decision;
            """)

    // A follower's place is a row number, so none may come again when retention has deleted the
    // newest. As `outbox_next`, what counts them outlives `down`; before that it learns what the
    // older version has numbered by itself.
    private static let decisionRows = Migration(
        version: 3, name: "row numbers of decisions that never come again",
        up: countDecisionRows, down: countDecisionRows)

    // An index by entity has its places all over: the thirty decisions of a burst rewrote twenty
    // pages of it, half of what a commit wrote. Names in the order of deciding are appended, and
    // a million of them are looked through in the time of a few such commits.
    private static let decisionEntities = Migration(
        version: 4, name: "entities of decisions in the order of deciding",
        up: """
            DROP INDEX decision_entity;
            CREATE TABLE decision_entity (row INTEGER PRIMARY KEY, entity TEXT NOT NULL);
            INSERT INTO decision_entity SELECT row, entity FROM decision ORDER BY row;
            """,
        down: """
            DROP TABLE decision_entity;
            CREATE INDEX decision_entity ON decision (entity);
            """)

    private static let countDecisionRows = """
        INSERT OR REPLACE INTO meta SELECT 'decision_next', max(
            coalesce((SELECT value FROM meta WHERE key = 'decision_next'), 1),
            coalesce((SELECT max(row) FROM decision), 0) + 1);
        """
}
