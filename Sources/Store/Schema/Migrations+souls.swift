extension Migrations {
    // What is believed of an entity stands in one row, as of its last change; what was recorded, in
    // rows of its own with what it came to. `changed` is the newest of these: the soul with the
    // least is forgotten first. A memory has one entity of its own, and links to further ones.
    static let souls = Migration(
        version: 7, name: "souls, the evidence about them, and links of memories to entities",
        up: """
            CREATE TABLE soul (
                entity TEXT PRIMARY KEY,
                changed INTEGER NOT NULL,
                at INTEGER NOT NULL,
                alpha REAL NOT NULL,
                beta REAL NOT NULL,
                pro INTEGER NOT NULL,
                contra INTEGER NOT NULL,
                judged TEXT NOT NULL,
                age INTEGER NOT NULL,
                changes INTEGER NOT NULL,
                event_seq INTEGER NOT NULL,
                first_seen INTEGER,
                last_seen INTEGER);
            CREATE INDEX soul_changed ON soul (changed);
            CREATE TABLE evidence (
                id INTEGER PRIMARY KEY,
                entity TEXT NOT NULL,
                at INTEGER NOT NULL,
                kind TEXT NOT NULL,
                weight INTEGER NOT NULL,
                source TEXT NOT NULL,
                origin TEXT NOT NULL,
                decision_id TEXT NOT NULL,
                note TEXT NOT NULL,
                event_seq INTEGER NOT NULL,
                trust_before REAL NOT NULL,
                trust REAL NOT NULL,
                pro INTEGER NOT NULL,
                contra INTEGER NOT NULL,
                age INTEGER NOT NULL);
            CREATE INDEX evidence_entity ON evidence (entity, id);
            CREATE TABLE memory_link (
                memory INTEGER NOT NULL, entity TEXT NOT NULL, UNIQUE (memory, entity));
            CREATE INDEX memory_link_entity ON memory_link (entity, memory);
            """,
        down: """
            DROP TABLE memory_link;
            DROP TABLE evidence;
            DROP TABLE soul;
            DELETE FROM meta WHERE key = 'soul_half_life';
            """)
}
