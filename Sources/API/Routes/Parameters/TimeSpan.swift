import Core

/// What `since` and `until` ask for; nil for an open end.
struct TimeSpan: Equatable {
    static let names = ["since", "until"]

    var since: Timestamp?
    /// Before then.
    var until: Timestamp?

    /// - Throws: `BAD_SINCE`, `BAD_UNTIL`, also where the end is not behind the beginning.
    init(_ query: QueryParameters, now: Timestamp) throws(APIError) {
        since = try query.time("since", now: now)
        until = try query.time("until", now: now)
        guard let since, let until, until <= since else { return }
        throw QueryParameters.fault("until", "must be after 'since'")
    }
}
