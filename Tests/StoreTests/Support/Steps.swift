import GRDBSQLite

@testable import Store

extension StoreWriter {
    /// What SQLite does in the body, in tens of steps of its virtual machine: the same on every
    /// machine, and the more the more rows are looked at.
    func steps(of body: () throws -> Void) rethrows -> Int {
        let count = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        count.initialize(to: 0)
        defer { count.deallocate() }
        sqlite3_progress_handler(
            connection.handle, 10,
            { context in
                context?.assumingMemoryBound(to: Int.self).pointee += 1
                return 0
            }, count)
        defer { sqlite3_progress_handler(connection.handle, 0, nil, nil) }
        try body()
        return count.pointee
    }
}
