import Core
import Mind

extension AlertPlace {
    /// The end of a page; nil where no page ends so.
    init?(_ cursor: String) {
        guard let dash = cursor.firstIndex(of: "-"),
            let microseconds = Int64(digits: cursor[..<dash])
        else { return nil }
        self.init(
            since: Timestamp(microseconds: microseconds),
            decisionID: String(cursor[cursor.index(after: dash)...]))
    }

    /// As a client carries it to the next page.
    var cursor: String { "\(since.microseconds)-\(decisionID)" }
}
