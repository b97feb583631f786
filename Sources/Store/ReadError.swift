/// Why a store could not be read.
public enum ReadError: Error, Equatable {
    /// There is no such file: correct the path.
    case noSuchFile(String)
    /// A newer build wrote it: read it with that build.
    case newerVersion(found: Int, supported: Int)
    /// An older build wrote it: start the daemon once, which migrates it.
    case olderVersion(found: Int, required: Int)
    /// Not one of our files: correct the path.
    case notADatabase(String)
    /// Restore a backup.
    case corrupt(String)
    /// Read as the agent's user or as root.
    case permission(String)
    /// Another program holds a lock: try again.
    case busy(String)
    /// The disk, or something unexpected: see the detail.
    case io(String)

    init(_ failure: SQLiteFailure) {
        switch failure.kind {
        case .corrupt: self = .corrupt(failure.detail)
        case .notADatabase: self = .notADatabase(failure.detail)
        case .busy: self = .busy(failure.detail)
        case .permission: self = .permission(failure.detail)
        case .full, .io: self = .io(failure.detail)
        }
    }
}

extension ReadError: CustomStringConvertible {
    /// What is wrong and what to do, for a person.
    public var description: String {
        switch self {
        case .noSuchFile(let path): "there is no store at \(path)"
        case .newerVersion(let found, let supported):
            "the store has schema version \(found), this build reads \(supported): "
                + "use the newer one"
        case .olderVersion(let found, let required):
            "the store has schema version \(found), not \(required): start the daemon once on it"
        case .notADatabase(let detail): "not a store of jamey: \(detail)"
        case .corrupt(let detail): "the store is damaged: \(detail); restore a backup"
        case .permission(let detail): "no access to the store: \(detail); read it as its owner"
        case .busy(let detail): "another program locks the store: \(detail); try again"
        case .io(let detail): "the store cannot be read: \(detail)"
        }
    }
}
