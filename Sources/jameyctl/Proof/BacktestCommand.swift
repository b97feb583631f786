import ArgumentParser
import Core
import Glibc
import Mind
import Proof
import Store

/// `jameyctl backtest`
struct BacktestCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Plays recorded history to other rules: what would have been decided?",
        discussion: """
            The log is folded under the rules of a directory, and what they decide is held against \
            what was decided: verdicts that flip, DENY→ALLOW first; alerts that are new or vanish; \
            the parts of rules and entities; the largest changes of margin. Nothing is written to \
            the store or published. Only what is in the log can be judged; what devices would have \
            done after another verdict nobody knows. Where the log does not reach back to all of \
            the time, the rest is judged: that is told, and no error but for --fail-on unjudged. \
            The agent does it in the background, one job at a time and slowly, and is sent the \
            rules; with --database this command does it, as fast as the machine can. Exit codes: \
            0 done; 1 what --fail-on names was found; 65 the rules are wrong, or the log does not \
            reach back so far; 75 retention or forgetting came between or the agent has another \
            job, try again; the others see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @Option(help: "The directory that holds the other rule files.", completion: .directory)
    var rules: String

    @Option(help: "Only events since then: 2h, 1h30m, 7d, or 2026-03-01T12:00:00Z.")
    var since: String?

    @Option(help: "Only events before then.")
    var until: String?

    @Option(help: "How many of each list are shown; all are counted.")
    var limit = 10

    @Option(
        help: """
            Of the store's file: how many threads share the work, up to 16; without, one for each \
            core.
            """)
    var jobs: Int?

    @Flag(help: "Tell everything as one JSON object.")
    var json = false

    @Option(
        help: "Of the store's file: write a page with plots to this file too.",
        completion: .file())
    var html: String?

    @Option(
        help: """
            Exit with 1 where there is any of these: deny-to-allow, allow-to-deny, new-alert, \
            vanished-alert, any of these four, unjudged (part of the time is out of reach). May be \
            given more than once.
            """)
    var failOn: [BacktestDifference] = []

    func validate() throws {
        guard (0...Limits.backtestFlipsMax).contains(limit) else {
            throw ValidationError("--limit is from 0 to \(Limits.backtestFlipsMax)")
        }
        guard (1...Limits.backtestLanesMax).contains(jobs ?? 1) else {
            throw ValidationError("--jobs is from 1 to \(Limits.backtestLanesMax)")
        }
        _ = try EventSelection(since: since, until: until, now: SystemTime().now())
    }

    func perform() throws(Ending) {
        let selection: EventSelection
        do throws(ValidationError) {
            selection = try EventSelection(since: since, until: until, now: SystemTime().now())
        } catch { throw .failure(Exit.data, error.message) }
        let directory = RulesDirectory(path: rules)
        let set = try directory.rules(in: try directory.read(isJSON: json), isJSON: json)
        let option = html != nil ? "--html" : jobs != nil ? "--jobs" : nil
        let bytes: [UInt8]
        switch try place.resolve(fileFor: option) {
        case .file(let store): bytes = try judge(set, on: try store.history(), selection)
        case .daemon(let daemon):
            bytes = try BacktestOrder(daemon: daemon, rules: set, selection: selection).carryOut()
        }
        let report = try BacktestReport(bytes, limit: limit)
        try report.tell(asJSON: json)
        if failOn.contains(where: { report.count(of: $0) > 0 }) {
            throw Ending(code: Exit.noValue)
        }
    }

    /// - Returns: the report.
    private func judge(
        _ set: RuleSet, on history: History, _ selection: EventSelection
    ) throws(Ending) -> [UInt8] {
        let range = try HistorySpan(history, selection, decision: nil, from: nil)
        let backtest = try run(set, history, range)
        // The file first: a reader of the output that goes away ends the command.
        if let html {
            let page = BacktestPage(backtest: backtest, rules: rules)
            try OutputFile.write(page.text, to: html)
        }
        return backtest.json(unreached: range.unreached)
    }

    /// Those that are at work in this machine.
    private static var cores: Int {
        min(Limits.backtestLanesMax, max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    private func run(
        _ set: RuleSet, _ history: History, _ range: HistorySpan
    ) throws(Ending) -> Backtest {
        let first = range.start.sequence
        var bar = ProgressBar(total: range.events.upperBound - first, unit: "events")
        defer { bar.clear() }
        do throws(HistoryError) {
            return try history.backtest(
                set, on: range.events, from: range.start, lanes: jobs ?? Self.cores
            ) { bar.show($0 - first) }
        } catch { throw Ending(error) }
    }
}

extension EventSelection {
    /// - Throws: where a time is none, or the end is not after the beginning.
    init(since: String?, until: String?, now: Timestamp) throws(ValidationError) {
        self.init()
        if let since { self.since = try Since(since, now: now).time }
        if let until { self.until = try Since(until, now: now, option: "--until").time }
        if let since = self.since, let until = self.until, until <= since {
            throw ValidationError("--until must be after --since")
        }
    }
}
