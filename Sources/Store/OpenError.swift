import Glibc

/// Why a store could not be opened for writing, or migrated. The file is as it was.
public enum OpenError: Error, Equatable {
    /// A newer build wrote it: run that build, or migrate the file down with it.
    case newerVersion(found: Int, supported: Int)
    /// Not one of our files: correct the path. It is never overwritten.
    case notADatabase(String)
    /// Restore a backup; do not go on with this file.
    case corrupt(String)
    /// Another process writes to it: only one daemon may run on a store.
    case inUse
    /// Give the agent's user read and write access to the file and its directory.
    case permission(String)
    /// Make room, then start again.
    case diskFull
    /// Another program holds a lock for longer than `Limits.databaseBusyTimeout`: end it.
    case busy(String)
    /// The disk, or something unexpected: see the detail.
    case io(String)

    init(_ failure: SQLiteFailure) {
        switch failure.kind {
        case .full: self = .diskFull
        case .corrupt: self = .corrupt(failure.detail)
        case .notADatabase: self = .notADatabase(failure.detail)
        case .busy: self = .busy(failure.detail)
        case .permission: self = .permission(failure.detail)
        case .io: self = .io(failure.detail)
        }
    }

    /// From an error of the operating system.
    init(code: Int32, doing what: String) {
        let detail = "\(what): \(String(cString: strerror(code)))"
        switch code {
        case ENOSPC, EDQUOT: self = .diskFull
        case EACCES, EPERM, EROFS, ENOTDIR, EISDIR, ENOENT, ELOOP: self = .permission(detail)
        default: self = .io(detail)
        }
    }
}

extension OpenError: CustomStringConvertible {
    /// What is wrong and what to do, for a person.
    public var description: String {
        switch self {
        case .newerVersion(let found, let supported):
            """
            the store has schema version \(found), this build knows up to \(supported): \
            run the newer build, or migrate the file down with it
            """
        case .notADatabase(let detail): "not a store of jamey: \(detail); check store.path"
        case .corrupt(let detail): "the store is damaged: \(detail); restore a backup"
        case .inUse: "another process writes to this store; only one daemon may"
        case .permission(let detail):
            "no access to the store: \(detail); check the owner and mode of it and its directory"
        case .diskFull: "the disk is full: make room, then start again"
        case .busy(let detail): "another program locks the store: \(detail)"
        case .io(let detail): "the store cannot be opened: \(detail)"
        }
    }
}
