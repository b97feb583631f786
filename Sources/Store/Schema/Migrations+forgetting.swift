extension Migrations {
    // A row for each entity that was asked to be forgotten: where the work is, until it is done,
    // and then what was done, without the name.
    static let forgetting = Migration(
        version: 10, name: "how far a forgetting is",
        up: """
            CREATE TABLE forgetting (
                event_seq INTEGER PRIMARY KEY,
                entity TEXT NOT NULL,
                phase INTEGER NOT NULL,
                step INTEGER NOT NULL DEFAULT 0,
                place INTEGER NOT NULL DEFAULT 0,
                through TEXT NOT NULL,
                counts TEXT NOT NULL DEFAULT '{}');
            """,
        down: "DROP TABLE forgetting")
}
