import Core
import GRDB
import GRDBSQLite

extension StoreReader {
    /// Searches the store's files for an entity's name, in every form that it can have there.
    ///
    /// By the handles that SQLite has open: a process that closes another descriptor of the
    /// database's file gives up all locks that SQLite holds on it (sqlite.org/howtocorrupt.html,
    /// section 2.2), those of the writer in the same process, too. No transaction is open while the
    /// files are read.
    /// - Parameter isOver: whether whoever asked has waited for long enough.
    /// - Returns: nil where that was so before it was done.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func search(
        for forms: EntityForms, unless isOver: @escaping @Sendable () -> Bool
    ) throws(ReadError) -> EntitySearch? {
        do throws(ReadError) {
            return try EntitySearch(
                for: forms,
                search: { (search) throws(ReadError) in try searched(search, unless: isOver) },
                mentions: { () throws(ReadError) in try mentions(of: forms, unless: isOver) })
        } catch {
            if isOver() { return nil }
            throw error
        }
    }

    private func searched(
        _ search: FileSearch, unless isOver: @Sendable () -> Bool
    ) throws(ReadError) -> FileSearch {
        try withConnection { database in
            // Whoever has read something has the write-ahead log open.
            _ = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema")
            var search = search
            // The log first: a page only goes from it to the file, so what does so meanwhile is
            // seen in one of them or in both. The other way round it could be missed.
            for kind in [SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER] {
                guard var file = OpenFile(kind, of: database) else { continue }
                let isWhole = try search.search(
                    reading: { (buffer) -> Result<Int, ReadError> in file.read(into: buffer) },
                    unless: isOver)
                guard isWhole else { throw ReadError.io("it takes too long") }
            }
            return search
        }
    }
}

/// A file that SQLite has open, read from its beginning on.
private struct OpenFile {
    /// Of a file that has become shorter: SQLite puts zeros in the place of what is gone.
    private static let shortRead: Int32 = SQLITE_IOERR | (2 << 8)

    private let file: UnsafeMutablePointer<sqlite3_file>
    private let methods: sqlite3_io_methods
    private var place: sqlite3_int64 = 0

    /// - Parameter kind: one of `SQLITE_FCNTL_FILE_POINTER` and `SQLITE_FCNTL_JOURNAL_POINTER`.
    /// - Returns: nil where it is not open.
    init?(_ kind: Int32, of database: Database) {
        var found: UnsafeMutablePointer<sqlite3_file>?
        let code = withUnsafeMutablePointer(to: &found) {
            sqlite3_file_control(database.sqliteConnection, "main", kind, $0)
        }
        guard code == SQLITE_OK, let found, let methods = found.pointee.pMethods else {
            return nil
        }
        file = found
        self.methods = methods.pointee
    }

    /// - Returns: how many bytes; 0 at the end.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Result<Int, ReadError> {
        var size: sqlite3_int64 = 0
        var code = methods.xFileSize(file, &size)
        let count = min(sqlite3_int64(buffer.count), max(0, size - place))
        if code == SQLITE_OK, count > 0 {
            code = methods.xRead(file, buffer.baseAddress, Int32(count), place)
        }
        guard code == SQLITE_OK || code == Self.shortRead else {
            return .failure(.io("its files cannot be searched (code \(code))"))
        }
        place += count
        return .success(Int(count))
    }
}

extension Database {
    /// - Parameter isOver: a statement that runs when it says so ends with an error.
    func reading<Result>(
        unless isOver: (@Sendable () -> Bool)?, _ body: () throws -> Result
    ) rethrows -> Result {
        guard let isOver else { return try body() }
        let question = Question(isOver: isOver)
        sqlite3_progress_handler(
            sqliteConnection, Limits.searchLookInstructions,
            { context in
                guard let context else { return 0 }
                let question = Unmanaged<Question>.fromOpaque(context).takeUnretainedValue()
                return question.isOver() ? 1 : 0
            }, Unmanaged.passUnretained(question).toOpaque())
        defer {
            sqlite3_progress_handler(sqliteConnection, 0, nil, nil)
            withExtendedLifetime(question) {}
        }
        return try body()
    }
}

/// What SQLite asks from time to time while a statement runs.
private final class Question {
    let isOver: @Sendable () -> Bool

    init(isOver: @escaping @Sendable () -> Bool) { self.isOver = isOver }
}
