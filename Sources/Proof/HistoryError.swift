import Core
import Store

/// Why a part of the recorded history cannot be folded again.
public enum HistoryError: Error, Equatable {
    /// The store cannot be read: see there.
    case store(ReadError)
    /// There is no event yet: nothing has been recorded.
    case empty
    /// The store does not say which topics are its agent's: start the agent once.
    case rootUnknown
    /// The log, or what a fold of it begins with, no longer reaches back so far: ask for something
    /// later. nil where nothing can be folded until the agent has made its next checkpoint.
    case outOfReach(EventSequence, since: LogPosition?)
    /// Not in the log yet, or no event at all: ask for something earlier.
    case notYet(EventSequence, last: LogPosition)
    /// Retention has deleted this event while it was waited for: ask for something later.
    case overtaken(EventSequence)
    /// An entity is being forgotten since this event, and what was decided about it goes bit by
    /// bit: try again when that is done.
    case forgetting(EventSequence)
    /// There is none of the time that was asked for: ask for another.
    case noEvents
    /// Whoever asked wants it no longer.
    case ended
    /// A rule set that took effect is not in the store: restore a backup.
    case rulesetMissing(String)
    /// This build does not understand a rule set that took effect: use the one that did.
    case rulesetNotUnderstood(String, reason: String)
}

extension HistoryError: CustomStringConvertible {
    /// What is wrong and what to do, for a person.
    public var description: String {
        switch self {
        case .store(let error): "\(error)"
        case .empty: "the log is empty: nothing has been recorded"
        case .rootUnknown:
            "the store does not say which topics are its agent's: start the agent once"
        case .outOfReach(let sequence, let since?):
            "event \(sequence) is out of reach: the log can be replayed from event "
                + "\(since.sequence) on, of \(since.at.rfc3339())"
        case .outOfReach(let sequence, nil):
            "event \(sequence) is out of reach: the beginning of the log is gone, and no "
                + "checkpoint that this version can use stands behind it"
        case .notYet(let sequence, let last):
            "there is no event \(sequence): the last is \(last.sequence), of "
                + last.at.rfc3339()
        case .overtaken(let sequence):
            "retention has deleted event \(sequence) meanwhile: begin later"
        case .forgetting(let sequence):
            "since event \(sequence) an entity is being forgotten: try again when that is done"
        case .noEvents: "there are no events of that time in the log"
        case .ended: "it was ended before it was done"
        case .rulesetMissing(let digest):
            "the rule set \(digest) took effect and is not in the store: restore a backup"
        case .rulesetNotUnderstood(let digest, let reason):
            "this build does not understand the rule set \(digest): \(reason)"
        }
    }
}
