extension Migrations {
    // The index does not hold the texts, it reads them in the table (decision 0014): content and
    // tags as words, and in `facets` what memories are selected by, each as one word. That is an
    // index by entity, tag and layer which is appended to, where one of SQLite's own would rewrite
    // a page for each row. As `outbox_next`, `memory_next` outlives `down`: no id comes again.
    static let memories = Migration(
        version: 5, name: "memories and their full-text index",
        up: """
            CREATE TABLE memory (
                id INTEGER PRIMARY KEY,
                at INTEGER NOT NULL,
                layer INTEGER NOT NULL,
                entity TEXT NOT NULL,
                rule TEXT NOT NULL,
                decision_id TEXT NOT NULL,
                event_seq INTEGER NOT NULL,
                importance REAL NOT NULL DEFAULT 0.5,
                pinned INTEGER NOT NULL DEFAULT 0,
                recalled INTEGER NOT NULL DEFAULT 0,
                tags TEXT NOT NULL,
                facets TEXT NOT NULL,
                content TEXT NOT NULL);
            CREATE INDEX memory_pinned ON memory (id) WHERE pinned = 1;
            CREATE VIRTUAL TABLE memory_index USING fts5(
                content, tags, facets, content = 'memory', content_rowid = 'id',
                prefix = '2 3', tokenize = 'unicode61 remove_diacritics 2');
            INSERT OR IGNORE INTO meta VALUES ('memory_next', 1);
            """,
        down: """
            INSERT OR REPLACE INTO meta SELECT 'memory_next', max(
                coalesce((SELECT value FROM meta WHERE key = 'memory_next'), 1),
                coalesce((SELECT max(id) FROM memory), 0) + 1);
            DROP TABLE memory_index;
            DROP TABLE memory;
            """)

    static let memoryAuthors = Migration(
        version: 6, name: "who told a memory",
        up: "ALTER TABLE memory ADD COLUMN author TEXT NOT NULL DEFAULT ''",
        down: "ALTER TABLE memory DROP COLUMN author")
}
