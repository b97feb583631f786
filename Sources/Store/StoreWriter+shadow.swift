import Core
import GRDBSQLite

extension StoreWriter {
    /// Adds what rules in shadow differ on; of each kind the newest `Limits.shadowDifferencesMax`
    /// stay.
    func insert(
        _ differences: [ShadowDifference], keeping countMax: Int = Limits.shadowDifferencesMax
    ) throws(SQLiteFailure) {
        guard !differences.isEmpty else { return }
        let row = try connection.prepare(
            """
            INSERT INTO shadow_difference
            VALUES ((SELECT coalesce(max(id), ?1) + 1 FROM shadow_difference
                WHERE id BETWEEN ?1 AND ?2), ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            """)
        let old = try connection.prepare("DELETE FROM shadow_difference WHERE id BETWEEN ? AND ?")
        for difference in differences {
            let ids = difference.kind.ids
            row.bind(ids.lowerBound, at: 1)
            row.bind(ids.upperBound, at: 2)
            row.bind(difference.at.microseconds, at: 3)
            if let sequence = difference.eventSequence {
                row.bind(sequence, at: 4)
            } else {
                row.bindNull(at: 4)
            }
            try row.bind(difference.source.rawValue, at: 5)
            try row.bind(difference.route, at: 6)
            try row.bind(difference.entity, at: 7)
            try row.bind(difference.rulesText, at: 8)
            try row.bind(difference.active, at: 9)
            try row.bind(difference.shadow, at: 10)
            row.bind(Int64(difference.omitted), at: 11)
            try row.run(bytes: difference.json, at: 12)
            let last = sqlite3_last_insert_rowid(connection.handle)
            old.bind(ids.lowerBound, at: 1)
            old.bind(last - Int64(countMax), at: 2)
            try old.run()
        }
    }
}

extension ShadowDifference {
    /// Names of rules hold no slash.
    fileprivate var rulesText: String { rules.joined(separator: "/") }

    static func rules(_ text: String) -> [String] {
        text.split(separator: "/").map(String.init)
    }
}

extension ShadowDifference.Kind {
    /// The rows of this kind.
    var ids: ClosedRange<Int64> { (Int64(rawValue) << 40)...(Int64(rawValue + 1) << 40 - 1) }

    init?(row: Int64) { self.init(rawValue: Int(row >> 40)) }
}
