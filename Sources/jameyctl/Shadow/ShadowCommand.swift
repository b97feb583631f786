import ArgumentParser
import Core
import Proof
import Store

/// `jameyctl shadow`
struct ShadowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shadow", abstract: "Rules that run in shadow.",
        subcommands: [ShadowReportCommand.self])
}

/// `jameyctl shadow report`
struct ShadowReportCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Shows on what the rules in shadow differ from those in force.",
        discussion: """
            What would be approved instead of denied comes first. Of each kind the newest \
            \(Limits.shadowDifferencesMax) are kept; in a flood \
            \(Limits.shadowDifferencesPerSecond) of a kind are kept each second, and how many \
            were not is told. Where there are none it says whether anything is known to run in \
            shadow, and over how many events. Times are UTC. More than \(Limits.apiPageMax) of \
            each kind are listed of the store's file only. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @Option(help: "Only those since then: 2h, 1h30m, 7d, or 2026-03-01T12:00:00Z.")
    var since: String?

    @Option(
        name: [.customShort("n"), .long],
        help: "The newest so many of each kind are listed, 0 to \(Limits.shadowDifferencesMax).")
    var limit = Limits.shadowDifferencesShown

    @Flag(help: "One JSON object.")
    var json = false

    func validate() throws {
        guard (0...Limits.shadowDifferencesMax).contains(limit) else {
            throw ValidationError("--limit must be from 0 to \(Limits.shadowDifferencesMax)")
        }
        _ = try start()
    }

    private func start() throws(ValidationError) -> Timestamp? {
        guard let since else { return nil }
        return try Since(since, now: SystemTime().now()).time
    }

    func perform() throws(Ending) {
        let start: Timestamp?
        do throws(ValidationError) { start = try self.start() } catch {
            throw .failure(Exit.data, error.message)
        }
        let option = limit > Limits.apiPageMax ? "--limit \(limit)" : nil
        let place = try place.resolve(fileFor: option)
        let (report, bytes) = try found(at: place, since: start)
        var output = LineOutput()
        if json {
            try output.line(bytes)
        } else {
            for line in report.lines(Paint(), since: start) { try output.line(line) }
        }
        try output.flush()
    }

    private func found(
        at place: Place, since: Timestamp?
    ) throws(Ending) -> (ShadowReport, [UInt8]) {
        switch place {
        case .file(let store):
            let reader = try store.open()
            do throws(ReadError) {
                let report = try ShadowReport(reader, since: since, limit: limit)
                return (report, report.json(since: since))
            } catch { throw Ending(error) }
        case .daemon(let daemon):
            let query: DaemonQuery = [
                ("since", since?.rfc3339(.microseconds)), ("limit", "\(limit)"),
            ]
            let answer = try daemon.get("/rules/shadow/report", query: query)
            return (try ShadowReport(answer.piece, limit: limit), answer.body)
        }
    }
}
