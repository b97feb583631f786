import Core

/// How far a stop has come: drain, then say farewell, then close.
enum Shutdown: Equatable {
    case running
    /// The outbox empties; what arrives meanwhile takes the usual path.
    case draining(until: MonotonicTime)
    /// `stopping` and `offline` are on their way.
    case farewell(until: MonotonicTime)
    case over

    var deadline: MonotonicTime? {
        switch self {
        case .running, .over: nil
        case .draining(let until), .farewell(let until): until
        }
    }
}
