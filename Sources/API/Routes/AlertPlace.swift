import Core
import Mind

/// Where an alert stands in the list of those that fire, the newest first: the end of a page.
struct AlertPlace: Comparable {
    let since: Timestamp
    /// That began it.
    let decisionID: String

    init(_ alert: AlertReading) {
        since = alert.since
        decisionID = alert.decisionID
    }

    /// nil where no page ends so.
    init?(_ cursor: String) {
        guard let dash = cursor.firstIndex(of: "-"),
            let microseconds = Int64(digits: cursor[..<dash])
        else { return nil }
        since = Timestamp(microseconds: microseconds)
        decisionID = String(cursor[cursor.index(after: dash)...])
    }

    /// As a client carries it to the next page.
    var cursor: String { "\(since.microseconds)-\(decisionID)" }

    static func < (one: AlertPlace, other: AlertPlace) -> Bool {
        guard one.since == other.since else { return one.since > other.since }
        return one.decisionID.utf8.lexicographicallyPrecedes(other.decisionID.utf8)
    }
}
