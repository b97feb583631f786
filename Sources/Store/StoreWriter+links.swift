import Core
import GRDBSQLite

extension StoreWriter {
    /// - Returns: 1; 0 where there is no such memory, or it has `Limits.memoryLinksMax` links.
    func link(_ id: MemoryID, to entity: String) throws(SQLiteFailure) -> Int {
        let known = try connection.prepare(
            "SELECT 1 FROM memory_link WHERE memory = ? AND entity = ?")
        known.bind(id, at: 1)
        try known.bind(entity, at: 2)
        if try known.step() {
            known.reset()
            return 1
        }
        let row = try connection.prepare(
            """
            INSERT INTO memory_link (memory, entity) SELECT id, ?2 FROM memory WHERE id = ?1
                AND (SELECT count(*) FROM memory_link WHERE memory = ?1) < ?3
            """)
        row.bind(id, at: 1)
        try row.bind(entity, at: 2)
        row.bind(Int64(Limits.memoryLinksMax), at: 3)
        try row.run()
        return Int(sqlite3_changes(connection.handle))
    }

    /// - Returns: 1; 0 where there is no such link.
    func unlink(_ id: MemoryID, from entity: String) throws(SQLiteFailure) -> Int {
        let row = try connection.prepare(
            "DELETE FROM memory_link WHERE memory = ? AND entity = ?")
        row.bind(id, at: 1)
        try row.bind(entity, at: 2)
        try row.run()
        return Int(sqlite3_changes(connection.handle))
    }
}
