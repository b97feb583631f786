/// What jobs there are. Each kind has its routes, by which no job of another is found.
enum JobKind: Sendable, CaseIterable {
    case backtest, replay
    /// Of the audit chain.
    case verification

    /// For a person.
    var name: String {
        switch self {
        case .backtest: "backtest"
        case .replay: "replay"
        case .verification: "verification"
        }
    }

    /// Where its jobs are.
    var path: String {
        switch self {
        case .backtest: "/backtest"
        case .replay: "/replay"
        case .verification: "/audit/verify"
        }
    }

    /// By which one is read.
    var route: APIRoute {
        switch self {
        case .backtest: .backtest
        case .replay: .replay
        case .verification: .verification
        }
    }

    /// Whether its reports have what was heard and decided about entities; else they have numbers.
    var tellsOfEntities: Bool {
        switch self {
        case .backtest, .replay: true
        case .verification: false
        }
    }

    /// What its progress counts.
    var unit: String {
        switch self {
        case .backtest, .replay: "events"
        case .verification: "links"
        }
    }
}
