import Broker
import Core
import Store

/// The faults that the agent itself tells of, on `events/errors` and in the log.
extension Rejection {
    static func oversized(_ message: OversizedMessage) -> Rejection {
        Rejection(
            code: "PAYLOAD_TOO_LARGE",
            message:
                "\(message.payloadBytes) bytes on '\(message.topic.prefix(200))' were refused; "
                + "at most \(Limits.payloadBytesMax) are taken",
            component: "broker")
    }

    static func subscriptionRefused(_ filters: [String]) -> Rejection {
        Rejection(
            code: "SUBSCRIPTION_REFUSED",
            message: "the broker refuses subscriptions to \(filters.joined(separator: ", ")); "
                + "check its access control list",
            component: "broker", severity: .error)
    }

    /// - Parameter code: of a token's state.
    static func token(_ code: String, _ message: String, severity: Severity) -> Rejection {
        Rejection(code: code, message: message, component: "broker", severity: severity)
    }

    static func tokenUnreadable(_ error: CredentialError) -> Rejection {
        Rejection(
            code: "TOKEN_UNREADABLE",
            message: "a new token for the broker cannot be read, the one before stays: \(error)",
            component: "broker", severity: .error)
    }

    /// - Parameter words: what is wrong with it, as a predicate.
    static func tokenNotTaken(_ words: String, severity: Severity) -> Rejection {
        Rejection(
            code: "TOKEN_NOT_TAKEN",
            message: "the next token for the broker \(words): the one before stays for as long as "
                + "it is good",
            component: "broker", severity: severity)
    }

    static let tokenMalformed = Rejection(
        code: "TOKEN_MALFORMED",
        message: "what replaced the broker's token is no token: the one before stays, and this is "
            + "taken at SIGHUP only",
        component: "broker", severity: .error)

    static func commitFailed(_ error: CommitError) -> Rejection {
        Rejection(
            code: "COMMIT_FAILED",
            message: "nothing is acknowledged until the store works again: \(error)",
            component: "store", severity: .critical)
    }

    static func unreadableOutbox(_ error: ReadError) -> Rejection {
        Rejection(
            code: "OUTBOX_UNREADABLE", message: "waiting messages cannot be read: \(error)",
            component: "outbox", severity: .critical)
    }

    static func unreadableTail(_ error: ReadError) -> Rejection {
        Rejection(
            code: "LOG_UNREADABLE",
            message: "the end of the log cannot be read, repeated messages may be judged twice: "
                + "\(error)",
            component: "store", severity: .critical)
    }

    static func recallFailed(_ error: ReadError) -> Rejection {
        Rejection(
            code: "MEMORY_UNREADABLE", message: "a query could not be answered: \(error)",
            component: "memory", severity: .error)
    }

    static func rulesRefused(_ fault: RulesFault) -> Rejection {
        Rejection(
            code: "RULES_REFUSED",
            message: "the rules in force stay in force: \(fault)", component: "mind",
            severity: .error)
    }

    static let reloadImpossible = Rejection(
        code: "RELOAD_IMPOSSIBLE",
        message: "the rules cannot be changed while the store does not work; try again later",
        component: "mind", severity: .error)
}
