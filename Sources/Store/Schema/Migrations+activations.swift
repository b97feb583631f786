extension Migrations {
    // A row for each time that a rule set took effect; its files stand in `ruleset_file`, once for
    // each digest. Of what took effect before there were such rows, the store knows only when it
    // did last.
    static let activations = Migration(
        version: 11, name: "which rule sets took effect, when, by whom and why",
        up: """
            CREATE TABLE activation (
                id INTEGER PRIMARY KEY,
                event_seq INTEGER,
                at INTEGER NOT NULL,
                digest TEXT NOT NULL,
                how TEXT NOT NULL,
                author TEXT NOT NULL,
                uid INTEGER,
                message TEXT NOT NULL,
                directory TEXT);
            ALTER TABLE ruleset ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
            UPDATE ruleset SET bytes = (SELECT coalesce(sum(length(CAST(text AS BLOB))), 0)
                FROM ruleset_file WHERE ruleset_file.digest = ruleset.digest);
            INSERT INTO activation (at, digest, how, author, message)
                SELECT activated_at, digest, '', '', '' FROM ruleset ORDER BY id;
            """,
        down: """
            ALTER TABLE ruleset DROP COLUMN bytes;
            DROP TABLE activation;
            """)
}
