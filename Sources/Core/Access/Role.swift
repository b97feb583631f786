/// What somebody may do by the API: each role may do everything that those before it may.
public enum Role: String, CaseIterable, Comparable, Sendable {
    /// Reads.
    case viewer
    /// Also acts: evaluates, acknowledges, remembers, sets trust, has backtests and replays done.
    case `operator`
    /// Also changes rules and keys, forgets, reads the audit chain and all about an entity at once.
    case admin

    private var rank: Int {
        switch self {
        case .viewer: 0
        case .operator: 1
        case .admin: 2
        }
    }

    public static func < (a: Role, b: Role) -> Bool { a.rank < b.rank }
}
