import Core
import GRDB
import Glibc

/// Reads a store, also while the daemon writes to it, without ever keeping it waiting.
///
/// A read-only connection of GRDB; calls are serialised, each sees one moment of the store. A file
/// in WAL mode needs its `-shm` beside it to be read: as the daemon runs it is there, else SQLite
/// makes it, which takes write access to the directory. Where that is missing and no write-ahead
/// log waits either (a backup on a read-only mount), the file is read as one that nobody changes.
public struct StoreReader: Sendable {
    private let queue: DatabaseQueue

    /// Opens the store and looks at its version.
    /// - Throws: every case of `ReadError` but `.busy`.
    public init(path: String) throws(ReadError) {
        try Self.checkFile(path)
        queue = try Self.open(path)
        try Self.checkVersion(queue)
    }

    /// Runs reads at one moment of the store.
    func read<Result>(_ body: (Database) throws -> Result) throws(ReadError) -> Result {
        try Self.read(queue, body)
    }

    /// Has the connection outside of a transaction: nothing of the store is held meanwhile.
    func withConnection<Result>(_ body: (Database) throws -> Result) throws(ReadError) -> Result {
        do { return try queue.unsafeRead(body) } catch { throw Self.readError(error) }
    }

    private static func read<Result>(
        _ queue: DatabaseQueue, _ body: (Database) throws -> Result
    ) throws(ReadError) -> Result {
        do {
            return try queue.read(body)
        } catch {
            throw readError(error)
        }
    }

    private static func readError(_ error: any Error) -> ReadError {
        if let error = error as? ReadError { return error }
        guard let error = error as? DatabaseError else { return .io("\(error)") }
        return ReadError(
            SQLiteFailure(
                code: error.extendedResultCode.rawValue,
                message: error.message ?? "unknown error"))
    }

    // MARK: Opening

    /// Looks without a descriptor: to close one gives up all locks that SQLite holds on the file in
    /// this process, where the writer may be (sqlite.org/howtocorrupt.html, section 2.2). Another
    /// program that then opens and closes the store takes itself for the last one, and removes the
    /// write-ahead log into which the writer goes on writing.
    private static func checkFile(_ path: String) throws(ReadError) {
        guard faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0 else {
            let code = errno
            if code == ENOENT { throw .noSuchFile(path) }
            let detail = "\(path): \(String(cString: strerror(code)))"
            throw code == EACCES ? .permission(detail) : .io(detail)
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .notADatabase("\(path) is no file")
        }
    }

    private static func open(_ path: String) throws(ReadError) -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.label = "jamey.store.reader"
        let timeout = Limits.databaseBusyTimeout.microseconds
        configuration.busyMode = .timeout(Double(timeout) / 1e6)
        configuration.prepareDatabase { try RecallScore.register($0) }
        do {
            return try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            let failure = readError(error)
            guard case .permission = failure, isAtRest(path) else { throw failure }
            return try openImmutable(path, configuration, failure)
        }
    }

    /// Whether nobody can be changing the file: no write-ahead log, and no right to make one.
    private static func isAtRest(_ path: String) -> Bool {
        access(path + "-wal", F_OK) != 0 && access(DatabaseFile.directory(of: path), W_OK) != 0
    }

    private static func openImmutable(
        _ path: String, _ configuration: Configuration, _ failure: ReadError
    ) throws(ReadError) -> DatabaseQueue {
        let uri = "file:\(DatabaseFile.uriEscaped(path))?immutable=1"
        guard let queue = try? DatabaseQueue(path: uri, configuration: configuration) else {
            throw failure
        }
        return queue
    }

    private static func checkVersion(_ queue: DatabaseQueue) throws(ReadError) {
        let (application, found) = try read(queue) { database in
            let application = try Int64.fetchOne(database, sql: "PRAGMA application_id")
            return (application, try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0)
        }
        guard application == Migrations.applicationID else {
            throw .notADatabase("a file of another program")
        }
        if found > Migrations.current {
            throw .newerVersion(found: found, supported: Migrations.current)
        }
        if found < Migrations.current {
            throw .olderVersion(found: found, required: Migrations.current)
        }
    }
}
