import Core
import Mind

/// A backtest that somebody has asked for, as it is told.
struct BacktestJob: Sendable {
    enum State: String, Sendable {
        case running, done, failed
        /// Somebody wanted it no longer.
        case ended
    }

    let id: String
    let author: String
    /// The digest of the other rules.
    let ruleset: String
    let span: Span
    let startedAt: Timestamp
    var state = State.running
    var endedAt: Timestamp?
    /// Events folded, of how many; 0 of 0 until the log was looked at.
    var folded: Int64 = 0
    var events: Int64 = 0
    /// As `jameyctl backtest --json` tells it; empty where there is none.
    var report: [UInt8] = []
    /// Why there is none.
    var error: RequestError?

    /// Of the events that are judged; nil for an open end.
    struct Span: Equatable, Sendable {
        var since: Timestamp?
        var until: Timestamp?
    }

    /// All but the report, which comes last where there is one.
    func write(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("state", state.rawValue)
        json.member("ruleset", ruleset)
        json.member("author", author)
        if let since = span.since { json.member("since", since) }
        if let until = span.until { json.member("until", until) }
        json.member("started_at", startedAt)
        if let endedAt { json.member("ended_at", endedAt) }
        json.object("progress") {
            $0.member("events", folded)
            $0.member("of", events)
        }
        if let error { json.member("error", raw: error.json) }
    }
}
