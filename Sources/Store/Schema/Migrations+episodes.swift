extension Migrations {
    // An episode's events are in the log at first. Retention moves them here when it deletes them
    // there (decision 0021), so nothing is written twice while the log holds them. `is_kept` is 1
    // once retention has passed it; until then few rows are in the index. As `memory_next`,
    // `episode_next` outlives `down`.
    static let episodes = Migration(
        version: 8, name: "episodes and what is kept of their events",
        up: """
            CREATE TABLE episode (
                id INTEGER PRIMARY KEY,
                entity TEXT NOT NULL,
                decision_id TEXT NOT NULL,
                event_seq INTEGER NOT NULL,
                opened_at INTEGER NOT NULL,
                run_up_from INTEGER NOT NULL,
                follow_up INTEGER NOT NULL,
                ended_at INTEGER,
                closed_at INTEGER,
                severity TEXT NOT NULL,
                triggers BLOB NOT NULL,
                further_triggers INTEGER NOT NULL,
                changes BLOB NOT NULL,
                summary TEXT NOT NULL DEFAULT '',
                events INTEGER NOT NULL DEFAULT 0,
                left_out INTEGER NOT NULL DEFAULT 0,
                bytes INTEGER NOT NULL DEFAULT 0,
                is_kept INTEGER NOT NULL DEFAULT 0);
            CREATE INDEX episode_open ON episode (decision_id) WHERE closed_at IS NULL;
            CREATE INDEX episode_pending ON episode (run_up_from) WHERE is_kept = 0;
            CREATE INDEX episode_bytes ON episode (id, bytes) WHERE bytes > 0;
            CREATE TABLE episode_event (
                episode INTEGER NOT NULL,
                seq INTEGER NOT NULL,
                at INTEGER NOT NULL,
                entity TEXT NOT NULL,
                topic TEXT NOT NULL,
                payload BLOB NOT NULL);
            CREATE UNIQUE INDEX episode_event_place ON episode_event (episode, seq);
            INSERT OR IGNORE INTO meta VALUES ('episode_next', 1);
            """,
        down: """
            INSERT OR REPLACE INTO meta SELECT 'episode_next', max(
                coalesce((SELECT value FROM meta WHERE key = 'episode_next'), 1),
                coalesce((SELECT max(id) FROM episode), 0) + 1);
            DROP TABLE episode_event;
            DROP TABLE episode;
            """)
}
