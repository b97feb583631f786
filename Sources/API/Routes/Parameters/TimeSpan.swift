import Core

/// What `since` and `until` ask for; nil for an open end.
struct TimeSpan: Equatable {
    static let names = ["since", "until"]

    var since: Timestamp?
    /// Before then.
    var until: Timestamp?

    /// Whether nothing is left out.
    var isEverything: Bool { since == nil && until == nil }
}

extension TimeSpan {
    /// - Throws: `BAD_SINCE`, `BAD_UNTIL`, also where the end is not behind the beginning.
    init(_ query: QueryParameters, now: Timestamp) throws(APIError) {
        self.init(
            since: try query.time("since", now: now), until: try query.time("until", now: now))
        try check()
    }

    /// - Throws: as of a query.
    init(_ fields: RequestFields, now: Timestamp) throws(APIError) {
        self.init(
            since: try Self.time("since", fields, now), until: try Self.time("until", fields, now))
        try check()
    }

    private func check() throws(APIError) {
        guard let since, let until, until <= since else { return }
        throw QueryParameters.fault("until", "must be after 'since'")
    }

    private static func time(
        _ name: String, _ fields: RequestFields, _ now: Timestamp
    ) throws(APIError) -> Timestamp? {
        let text: String?
        do throws(RequestError) { text = try fields.text(name, bytes: 1...64) } catch {
            throw APIError(error)
        }
        guard let text else { return nil }
        do throws(MomentError) { return try Timestamp(moment: text, now: now) } catch {
            throw QueryParameters.fault(
                name, "must be a time like 2026-03-01T12:00:00Z, or an age like 2h or 7d: \(error)")
        }
    }
}
