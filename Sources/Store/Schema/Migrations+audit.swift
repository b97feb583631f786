extension Migrations {
    // A link of the chain is appended with what it is about, in the same transaction (decision
    // 0024). `ref` is the row of a decision or rule set, or the sequence of an event; `record` is
    // the text of those whose record is nowhere else. The index leaves decisions out, so that a
    // decision writes to the end of one table only.
    static let audit = Migration(
        version: 13, name: "the audit chain",
        up: """
            CREATE TABLE audit (
                seq INTEGER PRIMARY KEY,
                at INTEGER NOT NULL,
                kind INTEGER NOT NULL,
                ref INTEGER NOT NULL,
                digest BLOB NOT NULL,
                hash BLOB NOT NULL,
                record TEXT);
            CREATE INDEX audit_rare ON audit (kind, ref) WHERE kind <> 2;
            """,
        down: "DROP TABLE audit")
}
