extension Migrations {
    // Minutes are appended in the order in which they were closed, one row for an entity and route:
    // of rows kept by entity, or indexed by it, each would rewrite a page (decision 0019). Hours
    // and days are written in the order of their keys. `rollup_place` says, of each hour, in which
    // rows an entity's minutes are. Columns are named as in `RollUp`, `fields` is `RollUpCoding`.
    // Where the key has the entity it is `EntityKey` of its name: pages of such a table are split
    // and joined, and copies of keys stay in them that no forgetting finds (decision 0020).
    static let rollUps = Migration(
        version: 9, name: "roll-ups: minutes, hours and days",
        up: """
            CREATE TABLE rollup_minute (
                row INTEGER PRIMARY KEY,
                period INTEGER NOT NULL,
                age INTEGER NOT NULL,
                entity TEXT NOT NULL,
                route TEXT NOT NULL,
                fields BLOB NOT NULL);
            CREATE TABLE rollup_hour (
                period INTEGER NOT NULL, entity INTEGER NOT NULL, route TEXT NOT NULL,
                fields BLOB NOT NULL, PRIMARY KEY (period, entity, route)) WITHOUT ROWID;
            CREATE TABLE rollup_day (
                period INTEGER NOT NULL, entity INTEGER NOT NULL, route TEXT NOT NULL,
                fields BLOB NOT NULL, PRIMARY KEY (period, entity, route)) WITHOUT ROWID;
            CREATE TABLE rollup_place (
                period INTEGER NOT NULL, entity INTEGER NOT NULL, route TEXT NOT NULL,
                rows BLOB NOT NULL, PRIMARY KEY (period, entity, route)) WITHOUT ROWID;
            INSERT INTO meta VALUES
                ('rollup_through', 0), ('rollup_end', 0), ('rollup_written', 0);
            """,
        down: """
            DELETE FROM meta WHERE key IN ('rollup_through', 'rollup_end', 'rollup_written');
            DROP TABLE rollup_place;
            DROP TABLE rollup_day;
            DROP TABLE rollup_hour;
            DROP TABLE rollup_minute;
            """)
}
