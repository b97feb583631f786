import Core
import Mind

/// How well rules alerted on recordings with known faults.
struct RuleScoreReport: Report {
    /// A recording that was played.
    struct Recording {
        var name: String
        /// Its path.
        var file: String
        var run: RecordingRun
    }

    /// Whether what the alerts said is told.
    let tellsMessages: Bool
    private(set) var recordings: [Recording] = []
    private var sum = RecordingRun.Tally()
    private var readings = 0
    private var time = Duration.zero

    init(tellsMessages: Bool) { self.tellsMessages = tellsMessages }

    mutating func add(_ recording: Recording, readings: Int, took time: Duration) {
        recordings.append(recording)
        sum += recording.run.tally
        self.readings += readings
        self.time += time
    }

    /// Whoever has recordings with a fault has readings, too.
    private var nanosecondsPerReading: Int64 {
        time.microseconds * 1_000 / Int64(max(1, readings))
    }

    var lines: [String] {
        var lines = ["recording         F1   FAR %   MAR %  scored"]
        for recording in recordings {
            lines.append(Self.row(recording.name, recording.run.tally))
            lines += recording.run.rejections.map { "  \($0.message)" }
            if tellsMessages { lines += recording.run.messages.map { "  \($0)" } }
        }
        lines.append(Self.row("all \(recordings.count)", sum))
        lines.append("\(nanosecondsPerReading) ns a reading")
        return lines
    }

    var json: [UInt8] {
        JSONWriter.object { json in
            json.member("ok", true)
            json.array("recordings") { list in
                for recording in recordings { list.object { write(recording, to: &$0) } }
            }
            json.object("all") { json in
                json.member("recordings", recordings.count)
                sum.write(to: &json)
            }
            json.member("ns_per_reading", nanosecondsPerReading)
        }
    }

    private func write(_ recording: Recording, to json: inout JSONWriter) {
        json.member("name", recording.name)
        json.member("file", recording.file)
        recording.run.tally.write(to: &json)
        json.member("rejections", recording.run.rejections.map(\.message))
        if tellsMessages { json.member("messages", recording.run.messages) }
    }

    private static func row(_ name: String, _ tally: RecordingRun.Tally) -> String {
        name.padded(to: 12)
            + [
                tally.f1.fixed(3), (100 * tally.falseAlarmRate).fixed(1),
                (100 * tally.missedAlarmRate).fixed(1), "\(tally.scored)",
            ].map { $0.padded(before: 8) }.joined()
    }
}

extension RecordingRun.Tally {
    fileprivate var scored: Int { hits + falseAlarms + misses + quiet }

    fileprivate func write(to json: inout JSONWriter) {
        json.member("scored", scored)
        json.member("hits", hits)
        json.member("false_alarms", falseAlarms)
        json.member("misses", misses)
        json.member("quiet", quiet)
        json.member("f1", f1)
        json.member("false_alarm_rate", falseAlarmRate)
        json.member("missed_alarm_rate", missedAlarmRate)
    }
}

extension String {
    fileprivate func padded(before width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}

extension Double {
    /// With so many decimals, of what is not negative.
    fileprivate func fixed(_ decimals: Int) -> String {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let digits = String(Int((self * scale).rounded()))
        let all = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return "\(all.dropLast(decimals)).\(all.suffix(decimals))"
    }
}
