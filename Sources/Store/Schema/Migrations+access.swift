extension Migrations {
    // The secret of a key is nowhere, its SHA-256 is in `hash`: 256 random bits are guessed by
    // nobody, so it needs no salt and no slow function. An acknowledgement has a number, to which
    // its link of the audit chain refers; as `decision_next`, `alert_ack_next` outlives `down`.
    // An older version knows no links about these, and would take the chain for a broken one: it
    // begins another.
    static let access = Migration(
        version: 14, name: "API keys, and who acknowledged which alert",
        up: """
            CREATE TABLE api_key (
                id TEXT NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                role TEXT NOT NULL,
                hash BLOB NOT NULL,
                previous_hash BLOB,
                previous_until INTEGER,
                created_at INTEGER NOT NULL,
                expires_at INTEGER,
                revoked_at INTEGER,
                last_used_at INTEGER,
                created_by TEXT NOT NULL);
            CREATE TABLE alert_ack (
                id INTEGER PRIMARY KEY,
                decision_id TEXT NOT NULL UNIQUE,
                rule TEXT NOT NULL,
                entity TEXT NOT NULL,
                at INTEGER NOT NULL,
                author TEXT NOT NULL,
                address TEXT NOT NULL,
                note TEXT NOT NULL);
            INSERT OR IGNORE INTO meta VALUES ('alert_ack_next', 1);
            """,
        down: """
            DELETE FROM audit WHERE EXISTS (SELECT 1 FROM audit WHERE kind <> 2 AND kind > 9);
            DROP TABLE alert_ack;
            DROP TABLE api_key;
            """)
}
