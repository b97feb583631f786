import ArgumentParser
import Core
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
            shadow, and over how many events. Times are UTC. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var store: StoreOption

    @Option(help: "Only those since then: 2h, 1h30m, 7d, or 2026-03-01T12:00:00Z.")
    var since: String?

    @Option(
        name: [.customShort("n"), .long],
        help: "The newest so many of each kind are listed, 0 to \(Limits.shadowDifferencesMax).")
    var limit = 10

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
        var report = ShadowReport(limit: limit)
        let reader = try store.open()
        do throws(ReadError) {
            report.known = try KnownShadows(reader)
            try reader.shadowDifferences(since: start) { report.add($0) }
        } catch { throw Ending(error) }
        var output = LineOutput()
        if json {
            try output.line(report.json(since: start))
        } else {
            for line in report.lines(Paint(), since: start) { try output.line(line) }
        }
        try output.flush()
    }
}
