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
        let lines = text.split(omittingEmptySubsequences: true, whereSeparator: \.isNewline)
        guard let header = lines.first else {
            throw .recording(path: path, line: 1, reason: "it is empty")
        }
        let names = header.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
        func column(_ name: String) throws(SimError) -> Int {
            guard let index = names.firstIndex(of: name) else {
                throw .recording(path: path, line: 1, reason: "there is no column \(name)")
            }
            return index
        }
        let time = try column("datetime")
        var sensors: [(column: Int, name: String, key: String)] = []
        for (name, key) in Self.sensors { sensors.append((try column(name), name, key)) }

        readings = []
        for (index, line) in lines.enumerated().dropFirst() {
            let fields = line.split(separator: ";", omittingEmptySubsequences: false)
            guard fields.count == names.count else {
                throw .recording(
                    path: path, line: index + 1,
                    reason: "\(fields.count) columns instead of \(names.count)")
            }
            var members: [String] = []
            for sensor in sensors {
                guard let value = Double(fields[sensor.column]), value.isFinite else {
                    throw .recording(
                        path: path, line: index + 1,
                        reason: "\(sensor.name) is no number: \(fields[sensor.column])")
                }
                members.append("\"\(sensor.key)\":\(value)")
            }
            let json = "{\(members.joined(separator: ","))}"
            readings.append(Reading(at: String(fields[time]), json: json))
        }
    }
}
