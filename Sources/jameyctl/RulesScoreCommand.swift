import ArgumentParser
import Core
import Mind

/// `jameyctl rules score`
struct RulesScoreCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Plays recordings with known faults to rules, and tells how well they alert.",
        discussion: """
            A recording is a table of readings, columns separated by semicolons: 'datetime', \
            'anomaly' (1 during a fault) and the sensors, which become fields of the payload \
            (Volume Flow RateRMS as volume_flow_rate_rms). Each is a device of its own that was \
            never heard before; a reading counts as an alarm while any alert fires behind it. \
            Recordings without a fault are left out. Exit codes: 0 done, 65 the rules or a \
            recording are malformed, 66 there is no such file, or none with a fault.
            """)

    @Argument(help: "The directory that holds the rule files.")
    var directory: String

    @Argument(help: "The recordings.", completion: .file(extensions: ["csv"]))
    var recordings: [String]

    @Option(help: "Where devices publish; {device} is the name of the recording's file.")
    var topic = "rig/{device}/telemetry"

    @Option(help: "Readings at the beginning of each recording that are heard and not counted.")
    var learning = 400

    @Flag(help: "Tell what the alerts said.")
    var messages = false

    func validate() throws {
        guard learning >= 0 else { throw ValidationError("--learning is at least 0") }
    }

    func perform() throws(Ending) {
        let place = RulesDirectory(path: directory)
        let set = try place.rules(in: try place.read(isJSON: false), isJSON: false)
        var output = LineOutput()
        var sum = RecordingRun.Tally()
        var (count, readings, time) = (0, 0, Duration.zero)
        try output.line("recording         F1   FAR %   MAR %  scored")
        for path in recordings {
            let recording = try read(path)
            guard recording.hasFaults else { continue }
            let name = Self.name(of: path)
            let start = ContinuousClock.now
            let run = RecordingRun(
                recording, on: topic.replacing("{device}", with: name), under: set,
                unscored: learning)
            time += ContinuousClock.now - start
            (count, readings) = (count + 1, readings + recording.readings.count)
            sum += run.tally
            try output.line(Self.row(name, run.tally))
            for rejection in run.rejections { try output.line("  \(rejection.message)") }
            if messages { for text in run.messages { try output.line("  \(text)") } }
        }
        guard count > 0 else {
            throw .failure(Exit.noInput, "no recording has a fault in a column 'anomaly'")
        }
        try output.line(Self.row("all \(count)", sum))
        try output.line("\(time.microseconds * 1_000 / Int64(readings)) ns a reading")
        try output.flush()
    }

    private func read(_ path: String) throws(Ending) -> LabelledRecording {
        let text: String
        do throws(TextFileError) {
            text = try TextFile.read(path, bytesMax: Limits.recordingBytesMax)
        } catch {
            throw .failure(Exit.noInput, "\(path): \(error.description)")
        }
        do throws(ReadingTable.Malformed) {
            return try LabelledRecording(text)
        } catch {
            throw .failure(Exit.data, "\(path): \(error.description)")
        }
    }

    /// The file's name up to its first point.
    static func name(of path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        return String(file.split(separator: ".").first ?? file)
    }

    private static func row(_ name: String, _ tally: RecordingRun.Tally) -> String {
        let scored = tally.hits + tally.falseAlarms + tally.misses + tally.quiet
        return name.padded(to: 12)
            + [
                tally.f1.fixed(3), (100 * tally.falseAlarmRate).fixed(1),
                (100 * tally.missedAlarmRate).fixed(1), "\(scored)",
            ].map { $0.padded(before: 8) }.joined()
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
