import Core
import Store

/// What a job was asked to do, as far as it is told.
enum JobOrder: Sendable {
    /// Of rules with this digest.
    case backtest(ruleset: String, TimeSpan)
    /// Of one decision, or of a time; from a checkpoint that somebody named.
    case replay(decision: String?, TimeSpan, from: EventSequence?)
    /// With a head that somebody holds.
    case verification(HeldHead?)

    var kind: JobKind {
        switch self {
        case .backtest: .backtest
        case .replay: .replay
        case .verification: .verification
        }
    }

    func write(to json: inout JSONWriter) {
        switch self {
        case .backtest(let ruleset, let span):
            json.member("ruleset", ruleset)
            span.write(to: &json)
        case .replay(let decision, let span, let from):
            json.member("decision", ifPresent: decision)
            span.write(to: &json)
            if let from { json.member("from", from) }
        case .verification(let held): json.member("head", ifPresent: held?.text)
        }
    }
}

extension TimeSpan {
    fileprivate func write(to json: inout JSONWriter) {
        if let since { json.member("since", since) }
        if let until { json.member("until", until) }
    }
}
