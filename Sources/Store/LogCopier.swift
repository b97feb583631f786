import Dispatch
import GRDBSQLite
import Synchronization

/// Copies the write-ahead log into the file on a thread of its own, by a connection of its own:
/// SQLite lets one connection copy while another one writes.
///
/// Owned by the writer and used from its thread.
final class LogCopier {
    /// Shared by the two threads.
    fileprivate final class Work: Sendable {
        /// Asked by the loop at every turn, which takes no lock as long as nothing has ended.
        let isDone = Atomic(false)
        let failure = Mutex<SQLiteFailure?>(nil)
        /// Opened by the first copy, and anew after one that failed; touched on the queue, and by
        /// `close` once nothing is at work there.
        let connection = Mutex<Connection?>(nil)
    }

    private let path: String
    private let vfs: String?
    private let queue = DispatchQueue(label: "jamey.store.copy", qos: .utility)
    private let work = Work()
    /// A copy was begun whose end nobody has asked for.
    private(set) var isBusy = false

    init(path: String, vfs: String?) {
        self.path = path
        self.vfs = vfs
    }

    func begin() {
        isBusy = true
        queue.async { [work, path, vfs] in work.copy(path, vfs) }
    }

    /// - Returns: whether a copy has ended since the last call.
    /// - Throws: why it failed: nothing is lost, the log only grows on.
    func takeEnd() throws(SQLiteFailure) -> Bool {
        guard isBusy, work.isDone.exchange(false, ordering: .acquiring) else { return false }
        isBusy = false
        if let failure = work.failure.withLock({ $0 }) { throw failure }
        return true
    }

    /// Waits for a copy that is at work. How it ended does not matter: what it copied is copied.
    func wait() {
        guard isBusy else { return }
        queue.sync {}
        _ = try? takeEnd()
    }

    /// Waits, and lets go of the file.
    func close() {
        wait()
        work.connection.withLock { $0 = nil }
    }
}

extension LogCopier.Work {
    fileprivate func copy(_ path: String, _ vfs: String?) {
        let ended = connection.withLock { connection -> SQLiteFailure? in
            do throws(SQLiteFailure) {
                if connection == nil { connection = try Self.open(path, vfs) }
                try connection?.checkpoint(.passive)
                return nil
            } catch {
                connection = nil
                return error
            }
        }
        failure.withLock { $0 = ended }
        isDone.store(true, ordering: .releasing)
    }

    private static func open(_ path: String, _ vfs: String?) throws(SQLiteFailure) -> Connection {
        let opened = try Connection(path: path, vfs: vfs)
        opened.setBusyTimeout()
        // One that has read nothing does not know of a log, and would copy nothing.
        _ = try opened.integer("PRAGMA user_version")
        return opened
    }
}
