/// Why a batch, or a slice of upkeep, is not in the store. Nothing of it is, and the writer can be
/// used again.
public enum CommitError: Error, Equatable {
    /// Acknowledge nothing, stop reading, try again until there is room.
    case diskFull
    /// Acknowledge nothing, stop reading, try again. The next commit first writes everything that
    /// may not have reached the disk once more.
    case io(String)
    /// Stop the agent and restore a backup: trying again will not help.
    case corrupt(String)
    /// Another program holds a lock: acknowledge nothing, try again.
    case busy(String)

    init(_ failure: SQLiteFailure) {
        switch failure.kind {
        case .full: self = .diskFull
        case .corrupt, .notADatabase: self = .corrupt(failure.detail)
        case .busy: self = .busy(failure.detail)
        case .permission, .io: self = .io(failure.detail)
        }
    }
}

extension CommitError: CustomStringConvertible {
    /// What is wrong and what to do, for a person.
    public var description: String {
        switch self {
        case .diskFull: "the disk is full: make room; the agent goes on by itself"
        case .io(let detail): "the disk refuses: \(detail)"
        case .corrupt(let detail): "the store is damaged: \(detail); restore a backup"
        case .busy(let detail): "another program locks the store: \(detail)"
        }
    }
}
