import Core
import GRDB

extension StoreReader {
    /// On what rules in shadow differ: by kind, the newest of each first.
    ///
    /// There are `Limits.shadowDifferencesMax` of each kind at most.
    /// - Parameter limit: of each kind; nil for all.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func shadowDifferences(
        since: Timestamp? = nil, limit: Int? = nil, _ body: (ShadowDifference) -> Void
    ) throws(ReadError) {
        try read { database in
            for kind in ShadowDifference.Kind.allCases {
                // One that is being forgotten is emptied before it is deleted.
                let rows = try Row.fetchCursor(
                    database,
                    sql: """
                        SELECT at, event_seq, source, route, entity, rules, active, shadow,
                            omitted, json
                        FROM shadow_difference
                        WHERE id BETWEEN ? AND ? AND at >= ? AND typeof(entity) = 'text'
                        ORDER BY id DESC LIMIT ?
                        """,
                    arguments: [
                        kind.ids.lowerBound, kind.ids.upperBound, since?.microseconds ?? .min,
                        limit ?? Limits.shadowDifferencesMax,
                    ])
                while let row = try rows.next() { body(try Self.difference(row, kind)) }
            }
        }
    }

    /// How many there are of each kind.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public func shadowDifferenceCounts(
        since: Timestamp? = nil
    ) throws(ReadError) -> [ShadowDifference.Kind: Int] {
        try read { database in
            var counts: [ShadowDifference.Kind: Int] = [:]
            for kind in ShadowDifference.Kind.allCases {
                counts[kind] = try Int.fetchOne(
                    database,
                    sql: """
                        SELECT count(*) FROM shadow_difference
                        WHERE id BETWEEN ? AND ? AND at >= ? AND typeof(entity) = 'text'
                        """,
                    arguments: [
                        kind.ids.lowerBound, kind.ids.upperBound, since?.microseconds ?? .min,
                    ])
            }
            return counts
        }
    }

    private static func difference(
        _ row: Row, _ kind: ShadowDifference.Kind
    ) throws(ReadError) -> ShadowDifference {
        guard let source = ShadowDifference.Source(rawValue: try row.text(2)) else {
            throw .corrupt("a difference of no known source")
        }
        return ShadowDifference(
            kind: kind, source: source, at: Timestamp(microseconds: try row.integer(0)),
            eventSequence: row.isNull(1) ? nil : try row.integer(1), route: try row.text(3),
            entity: try row.text(4), rules: ShadowDifference.rules(try row.text(5)),
            active: try row.text(6), shadow: try row.text(7), omitted: Int(try row.integer(8)),
            json: try row.bytes(9))
    }
}
