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
            recording are malformed, 66 there is no such file, or none with a fault. With --json \
            the answer is one JSON object on standard output in each case.
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

    @Flag(help: "Tell the result as JSON.")
    var json = false

    func validate() throws {
        guard learning >= 0 else { throw ValidationError("--learning is at least 0") }
    }

    func perform() throws(Ending) {
        let place = RulesDirectory(path: directory)
        let set = try place.rules(in: try place.read(isJSON: json), isJSON: json)
        var report = RuleScoreReport(tellsMessages: messages)
        for path in recordings {
            let recording = try read(path)
            guard recording.hasFaults else { continue }
            let name = Self.name(of: path)
            let start = ContinuousClock.now
            let run = RecordingRun(
                recording, on: topic.replacing("{device}", with: name), under: set,
                unscored: learning)
            report.add(
                RuleScoreReport.Recording(name: name, file: path, run: run),
                readings: recording.readings.count, took: ContinuousClock.now - start)
        }
        guard !report.recordings.isEmpty else {
            throw try complaint(
                directory, "no recording has a fault in a column 'anomaly'", Exit.noInput)
        }
        try report.tell(asJSON: json)
    }

    private func read(_ path: String) throws(Ending) -> LabelledRecording {
        let text: String
        do throws(TextFileError) {
            text = try TextFile.read(path, bytesMax: Limits.recordingBytesMax)
        } catch {
            throw try complaint(path, error.description, Exit.noInput)
        }
        do throws(ReadingTable.Malformed) {
            return try LabelledRecording(text)
        } catch {
            throw try complaint(path, error.reason, Exit.data, line: error.line)
        }
    }

    private func complaint(
        _ path: String, _ message: String, _ code: Int32, line: Int? = nil
    ) throws(Ending) -> Ending {
        guard json else {
            return .failure(code, path + ": " + (line.map { "line \($0): " } ?? "") + message)
        }
        let problem = SourceError(
            file: path, position: FilePosition(line: line ?? 1, column: 1), message: message)
        return try Complaints(errors: [problem], code: code).ending(isJSON: true)
    }

    /// The file's name up to its first point.
    static func name(of path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        return String(file.split(separator: ".").first ?? file)
    }
}
