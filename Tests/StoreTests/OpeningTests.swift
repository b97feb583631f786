import Core
import Foundation
import GRDBSQLite
import Testing

@testable import Store

@Suite("Opening a store")
struct OpeningTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// What opening says: the name of the case.
    private func refusal(_ path: String? = nil) -> String {
        do throws(OpenError) {
            _ = try StoreWriter(path: path ?? scratch.path)
            return "opened"
        } catch {
            #expect(!error.description.isEmpty)
            switch error {
            case .newerVersion: return "newerVersion"
            case .notADatabase: return "notADatabase"
            case .corrupt: return "corrupt"
            case .inUse: return "inUse"
            case .permission: return "permission"
            case .diskFull: return "diskFull"
            case .busy: return "busy"
            case .io: return "io"
            }
        }
    }

    @Test("a file from a newer version is refused and left alone")
    func newer() throws {
        try scratch.writer().close()
        try scratch.execute("PRAGMA user_version = 99")
        let before = try scratch.contents()
        #expect(before.keys.sorted() == ["store.db", "store.db.lock"])
        let error = OpenError.newerVersion(found: 99, supported: StoreWriter.schemaVersion)
        #expect(throws: error) { try scratch.writer() }
        #expect(throws: error) { try StoreWriter.migrate(path: scratch.path, to: 1) }
        #expect(try scratch.contents() == before)
        try scratch.execute("PRAGMA user_version = -1")
        #expect(refusal() == "notADatabase")
    }

    @Test("a newer version that a crash left in the write-ahead log is refused and left alone")
    func newerInLog() throws {
        let writer = try scratch.writer()
        try writer.connection.execute("PRAGMA user_version = 99")
        let crashed = try scratch.crashedCopy()
        let before = try crashed.contents()
        #expect(before["store.db-wal"]?.isEmpty == false)
        #expect(throws: OpenError.newerVersion(found: 99, supported: StoreWriter.schemaVersion)) {
            try crashed.writer()
        }
        let after = try crashed.contents()
        for name in ["store.db", "store.db-wal"] { #expect(after[name] == before[name]) }
    }

    @Test("a second writer is refused while the first lives")
    func inUse() throws {
        let first = try scratch.writer()
        #expect(refusal() == "inUse")
        #expect(throws: OpenError.inUse) { try StoreWriter.migrate(path: scratch.path, to: 1) }
        try first.close()
        #expect(refusal() == "opened")
    }

    @Test(
        "a file of something else is refused and left alone",
        arguments: [[0x7b], Array("SQLite format 3".utf8), [UInt8](repeating: 0, count: 8_192)])
    func garbage(content: [UInt8]) throws {
        try Data(content).write(to: URL(fileURLWithPath: scratch.path))
        #expect(refusal() == "notADatabase")
        #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path)) == Data(content))
    }

    @Test("a database of another program is refused and left alone")
    func foreign() throws {
        try scratch.execute("CREATE TABLE theirs (a)")
        let before = try scratch.contents()
        #expect(refusal() == "notADatabase")
        let after = try scratch.contents()
        #expect(after["store.db"] == before["store.db"])
        #expect(after.keys.sorted() == ["store.db", "store.db.lock"])
    }

    @Test("places that cannot hold a store are named as such")
    func places() throws {
        #expect(mkdir(scratch.path, 0o700) == 0)
        #expect(refusal() == "permission")
        try Data().write(to: URL(fileURLWithPath: scratch.directory + "/file"))
        #expect(refusal(scratch.directory + "/file/store.db") == "permission")
        #expect(refusal("/proc/jamey/store.db") == "permission")
        let name = String(repeating: "n", count: 300)
        #expect(refusal(scratch.directory + "/\(name)/store.db") == "io")
    }

    @Test("an empty file is a new store")
    func empty() throws {
        try Data().write(to: URL(fileURLWithPath: scratch.path))
        #expect(refusal() == "opened")
    }

    @Test("a name without a directory is a file of the current one")
    func directories() {
        #expect(DatabaseFile.directory(of: "store.db") == ".")
        #expect(DatabaseFile.directory(of: "/store.db") == "/")
        #expect(DatabaseFile.directory(of: "a/b/store.db") == "a/b")
    }

    @Test("damage anywhere in a small file is found after an unclean end")
    func damage() throws {
        let writer = try scratch.writer()
        try writer.fill(1...5_000)
        try writer.close()
        let pages = scratch.size() / 4_096
        var found = 0
        for page in stride(from: 1, to: pages, by: max(1, pages / 20)) {
            let copy = try scratch.crashedCopy()
            // An unclean end, then a page that is not what was written.
            try copy.execute("UPDATE meta SET value = 0 WHERE key = 'clean'")
            try copy.damage(at: page * 4_096, with: [UInt8](repeating: 0xa5, count: 4_096))
            do throws(OpenError) {
                _ = try copy.writer()
                Issue.record("page \(page) of \(pages) was not missed")
            } catch {
                guard case .corrupt = error else {
                    Issue.record("page \(page): \(error)")
                    continue
                }
                found += 1
            }
        }
        #expect(found >= 20)
    }

    @Test("a truncated file is damaged")
    func truncated() throws {
        let writer = try scratch.writer()
        try writer.fill(1...5_000)
        try writer.close()
        #expect(truncate(scratch.path, 3 * 4_096) == 0)
        #expect(refusal() == "corrupt")
    }

    @Test("events that are missing near the end are found at every start")
    func gap() throws {
        let writer = try scratch.writer()
        try writer.fill(1...2_000)
        try writer.close()
        try scratch.execute("DELETE FROM event WHERE seq = 1990")
        #expect(refusal() == "corrupt")
    }

    @Test("events that are missing further back are found when they are folded")
    func earlyGap() throws {
        let writer = try scratch.writer()
        try writer.fill(1...2_000)
        try scratch.execute("DELETE FROM event WHERE seq = 10")
        let error = #expect(throws: ReadError.self) { try writer.events() }
        #expect(error == .corrupt("the log goes from 9 to 11"))
        #expect(try writer.events(after: 10).count == 1_990)
    }

    @Test("a log that lost its id is damaged")
    func noID() throws {
        try scratch.writer().close()
        try scratch.execute("DELETE FROM meta WHERE key = 'log_id'")
        #expect(refusal() == "corrupt")
    }

    @Test("a store that another program holds is busy")
    func busy() throws {
        try scratch.writer().close()
        let other = try Connection(path: scratch.path, vfs: nil)
        try other.execute(exclusiveLock)
        #expect(refusal() == "busy")
    }

    @Test("every answer of SQLite becomes an error that says what to do")
    func answers() {
        func names(_ code: Int32, errno: Int32 = 0) -> [String] {
            let failure = SQLiteFailure(code: code, message: "m", systemError: errno)
            let errors: [Any] = [OpenError(failure), CommitError(failure), ReadError(failure)]
            return errors.map {
                String("\(Mirror(reflecting: $0).children.first?.label ?? "full")")
            }
        }
        #expect(names(SQLITE_FULL) == ["full", "full", "io"])
        #expect(names(SQLITE_IOERR | 18 << 8, errno: ENOSPC) == ["full", "full", "io"])
        #expect(names(SQLITE_CANTOPEN, errno: EDQUOT) == ["full", "full", "io"])
        #expect(names(SQLITE_CORRUPT) == ["corrupt", "corrupt", "corrupt"])
        #expect(names(SQLITE_NOTADB) == ["notADatabase", "corrupt", "notADatabase"])
        #expect(names(SQLITE_LOCKED) == ["busy", "busy", "busy"])
        #expect(names(SQLITE_READONLY) == ["permission", "io", "permission"])
        #expect(names(SQLITE_CANTOPEN) == ["permission", "io", "permission"])
        #expect(names(SQLITE_NOMEM) == ["io", "io", "io"])
        #expect(
            SQLiteFailure(code: 1_034, message: "disk I/O error", systemError: 5).detail
                == "disk I/O error (code 1034, errno 5)")
        #expect(OpenError(code: EROFS, doing: "x") == .permission("x: Read-only file system"))
        #expect(OpenError(code: ENOSPC, doing: "x") == .diskFull)
        #expect(OpenError(code: EMFILE, doing: "x") == .io("x: Too many open files"))
        for error in [CommitError.diskFull, .io("d"), .corrupt("d"), .busy("d")] {
            #expect(!error.description.isEmpty)
        }
    }
}
