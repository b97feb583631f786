import Core

/// What a device said, and when it was in order: a table of readings with a column that tells, as
/// SKAB publishes them. What rules are measured against.
///
/// Columns are separated by semicolons. `datetime` is UTC, such as `2020-03-09 10:14:33`; `anomaly`
/// is 1 where the device had a fault. All other columns but `changepoint` are readings.
public struct LabelledRecording: Equatable, Sendable {
    public struct Reading: Equatable, Sendable {
        public var at: Timestamp
        /// The readings as a JSON object, in the order of the columns.
        public var payload: [UInt8]
        public var isFault: Bool
    }

    public var readings: [Reading] = []

    /// Whether anything can be told from it: with no fault, or nothing else, there is no score.
    public var hasFaults: Bool { readings.contains(where: \.isFault) }

    /// - Throws: The first line that is wrong. A table without the column `anomaly` is none: it has
    ///   no faults.
    public init(_ text: String) throws(ReadingTable.Malformed) {
        let table = try ReadingTable(text)
        let names = table.names
        let time = try table.column("datetime")
        let label = names.firstIndex(of: "anomaly")
        let sensors = names.indices.filter {
            $0 != time && $0 != label && names[$0] != "changepoint"
        }
        let keys = names.map { Self.key(of: $0) }
        for row in table.rows {
            guard let at = Self.time(row.cells[time]) else {
                throw row.malformed("no time: \(row.cells[time])")
            }
            var members: [JSONObject.Member] = []
            for sensor in sensors {
                let number = try row.number(in: sensor)
                members.append(.init(name: keys[sensor], value: .number(.double(number))))
            }
            readings.append(
                Reading(
                    at: at, payload: JSONValue.object(JSONObject(members)).encoded(),
                    isFault: label.map { Double(row.cells[$0]) == 1 } ?? false))
        }
    }

    private static func time(_ text: Substring) -> Timestamp? {
        try? Timestamp(rfc3339: String(text).replacing(" ", with: "T") + "Z")
    }

    /// `Volume Flow RateRMS` as `volume_flow_rate_rms`.
    static func key(of column: Substring) -> String {
        var key = ""
        var last: Character = " "
        for character in column {
            if character == " " {
                key += "_"
            } else {
                if character.isUppercase, !last.isUppercase, last != " " { key += "_" }
                key += character.lowercased()
            }
            last = character
        }
        return key
    }
}
