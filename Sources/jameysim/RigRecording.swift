import Core

/// A recording of SKAB's pump rig: eight sensors, once a second, columns separated by `;`.
struct RigRecording: Equatable {
    struct Reading: Equatable {
        /// As recorded: `2020-03-09 10:14:33`.
        var at: String
        /// The eight sensors as one JSON object.
        var json: String
    }

    /// The file's name without its extension.
    var device: String
    var readings: [Reading]

    /// Column of the recording and key of the message, in the order of the message.
    static let sensors = [
        ("Accelerometer1RMS", "accelerometer1_rms"),
        ("Accelerometer2RMS", "accelerometer2_rms"),
        ("Current", "current"),
        ("Pressure", "pressure"),
        ("Temperature", "temperature"),
        ("Thermocouple", "thermocouple"),
        ("Voltage", "voltage"),
        ("Volume Flow RateRMS", "volume_flow_rate_rms"),
    ]

    /// Reads a recording.
    /// - Throws: `.file`, or `.recording` with the first line that is wrong.
    init(path: String) throws(SimError) {
        try self.init(path: path, text: readFile(path))
    }

    init(path: String, text: String) throws(SimError) {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        device = name.split(separator: ".").first.map(String.init) ?? name
        do throws(ReadingTable.Malformed) {
            readings = try Self.readings(of: ReadingTable(text))
        } catch {
            throw .recording(path: path, line: error.line, reason: error.reason)
        }
    }

    private static func readings(
        of table: ReadingTable
    ) throws(ReadingTable.Malformed) -> [Reading] {
        let time = try table.column("datetime")
        var sensors: [(column: Int, key: String)] = []
        for (name, key) in Self.sensors { sensors.append((try table.column(name), key)) }
        var readings: [Reading] = []
        for row in table.rows {
            var members: [String] = []
            for sensor in sensors {
                members.append("\"\(sensor.key)\":\(try row.number(in: sensor.column))")
            }
            let json = "{\(members.joined(separator: ","))}"
            readings.append(Reading(at: String(row.cells[time]), json: json))
        }
        return readings
    }
}
