/// One thing that was looked at, and what came of it.
struct Finding: Equatable, Sendable {
    enum Level: String, CaseIterable, Sendable {
        case ok
        /// It works, and should be looked at; or it could not be looked at.
        case warning
        /// Something does not work, or is open to whom it should not be.
        case error
    }

    /// What was looked at; stable, for programs: `broker.acl`.
    var check: String
    var level: Level
    /// What was found, and what it means.
    var message: String
    /// What to do; nil where there is nothing to be done.
    var advice: String?
    /// What another program has said to it, line by line.
    var details: [String] = []

    static func ok(_ check: String, _ message: String) -> Finding {
        Finding(check: check, level: .ok, message: message)
    }

    static func warning(_ check: String, _ message: String, do advice: String) -> Finding {
        Finding(check: check, level: .warning, message: message, advice: advice)
    }

    static func error(
        _ check: String, _ message: String, do advice: String, details: [String] = []
    ) -> Finding {
        Finding(
            check: check, level: .error, message: message, advice: advice, details: details)
    }

    /// What this account may not look at.
    static func hidden(_ check: String, _ message: String) -> Finding {
        .warning(check, message, do: "run doctor as root, or as the agent's account")
    }
}
