import GRDBSQLite
import Glibc

/// What SQLite answered instead of doing what it was asked; becomes the error of an operation.
struct SQLiteFailure: Error, Equatable {
    /// Which of the few things that a caller can act upon happened.
    enum Kind: Equatable {
        case full, corrupt, notADatabase, busy, permission
        /// The disk, or something that is not expected at all.
        case io
    }

    /// The extended result code.
    var code: Int32
    var message: String
    /// The operating system's error, 0 where there was none.
    var systemError: Int32 = 0

    /// `disk I/O error (code 1034, errno 5)`
    var detail: String {
        let system = systemError == 0 ? "" : ", errno \(systemError)"
        return "\(message) (code \(code)\(system))"
    }

    var kind: Kind {
        // A full disk also shows as an I/O error, where SQLite grows its shared memory.
        let isFull = systemError == ENOSPC || systemError == EDQUOT
        switch code & 0xff {
        case SQLITE_FULL: return .full
        case SQLITE_CORRUPT: return .corrupt
        case SQLITE_NOTADB: return .notADatabase
        case SQLITE_BUSY, SQLITE_LOCKED: return .busy
        case SQLITE_PERM, SQLITE_READONLY, SQLITE_AUTH: return .permission
        case SQLITE_CANTOPEN: return isFull ? .full : .permission
        default: return isFull ? .full : .io
        }
    }
}
