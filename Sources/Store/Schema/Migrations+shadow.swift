extension Migrations {
    // Each kind has numbers of its own, `kind << 40` and up, so that the oldest of one are found
    // without looking at the others.
    static let shadow = Migration(
        version: 12, name: "on what rules in shadow differ",
        up: """
            CREATE TABLE shadow_difference (
                id INTEGER PRIMARY KEY,
                at INTEGER NOT NULL,
                event_seq INTEGER,
                source TEXT NOT NULL,
                route TEXT NOT NULL,
                entity TEXT NOT NULL,
                rules TEXT NOT NULL,
                active TEXT NOT NULL,
                shadow TEXT NOT NULL,
                omitted INTEGER NOT NULL,
                json BLOB NOT NULL);
            """,
        down: "DROP TABLE shadow_difference")
}
