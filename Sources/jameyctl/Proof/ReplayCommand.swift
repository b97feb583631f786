import ArgumentParser
import Core
import Proof
import Store

/// `jameyctl replay`
struct ReplayCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Judges recorded events again, and compares every decision.",
        discussion: """
            The log is folded from the nearest checkpoint, under the rule sets that were in \
            effect. Decisions are compared byte for byte: what is stored of each, which there \
            are, and their order. Nothing is written or published. Without a time or a decision, \
            everything that can be replayed is. The store's file is read, by this program and as \
            fast as the machine can, unless an option names the agent (--socket, --url): it then \
            does it in the background, slowly. Take the file where the agent itself is in doubt. \
            Exit codes: 0 all agree; 1 some do not, of which the first is shown in full, or there \
            is no such decision; 65 the log does not reach back so far, or not to all of --since; \
            75 retention or forgetting came between or the agent has another job, try again; the \
            others see jameyctl --help.
            """)

    @OptionGroup var place: ProofPlaceOptions

    @Argument(help: "Only this decision.")
    var id: String?

    @Option(help: "Only events since then: 2h, 1h30m, 7d, or 2026-03-01T12:00:00Z.")
    var since: String?

    @Option(help: "Only events before then.")
    var until: String?

    @Option(
        help: """
            Begin after this event, at which a checkpoint stands; 0 is the log's beginning. \
            --starts shows them.
            """)
    var from: EventSequence?

    @Flag(
        help: """
            Of the store's file: show only where a replay can begin, the events at which \
            checkpoints stand.
            """)
    var starts = false

    @Flag(help: "Tell the result as one JSON object.")
    var json = false

    func validate() throws {
        if id != nil, since != nil || until != nil {
            throw ValidationError("a decision or a time, not both")
        }
        if starts, id != nil || since != nil || until != nil || from != nil {
            throw ValidationError("--starts goes alone")
        }
        _ = try EventSelection(since: since, until: until, now: SystemTime().now())
    }

    func perform() throws(Ending) {
        let selection: EventSelection
        do throws(ValidationError) {
            selection = try EventSelection(since: since, until: until, now: SystemTime().now())
        } catch { throw .failure(Exit.data, error.message) }
        let report: ReplayText
        switch try place.resolve(fileFor: starts ? "--starts" : nil) {
        case .file(let store):
            let history = try store.history()
            if starts { return try show(history) }
            report = try ReplayText(try run(history, selection).json)
        case .daemon(let daemon): report = try ReplayText(try order(daemon, selection).carryOut())
        }
        try report.tell(asJSON: json)
        if !report.agrees { throw Ending(code: Exit.noValue) }
        if let ending = report.incompleteness { throw ending }
    }

    private func run(
        _ history: History, _ selection: EventSelection
    ) throws(Ending) -> ReplayReport {
        let range = try HistorySpan(history, selection, decision: id, from: from)
        let first = range.start.sequence
        var bar = ProgressBar(total: range.events.upperBound - first, unit: "events")
        defer { bar.clear() }
        do throws(HistoryError) {
            let replay = try history.replay(range.events, from: range.start) {
                bar.show($0 - first)
            }
            return try ReplayReport(replay, range, in: history)
        } catch { throw Ending(error) }
    }

    private func order(_ daemon: DaemonClient, _ selection: EventSelection) -> DaemonJob {
        let body = JSONWriter.object { json in
            json.member("decision", ifPresent: id)
            json.member("since", ifPresent: selection.since?.rfc3339(.microseconds))
            json.member("until", ifPresent: selection.until?.rfc3339(.microseconds))
            if let from { json.member("from", from) }
        }
        return DaemonJob(
            daemon: daemon, kind: .replay, body: body, missing: id.map(Ending.noDecision))
    }

    private func show(_ history: History) throws(Ending) {
        let places = history.starts.map(\.sequence).filter { $0 < history.last.sequence }
        try StartsReport(places: places).tell(asJSON: json)
    }
}

/// Where a replay can begin.
private struct StartsReport: Report {
    /// The events at which checkpoints stand; 0 is the log's beginning.
    let places: [EventSequence]

    var lines: [String] { places.map { "\($0)" } }

    var json: [UInt8] {
        JSONWriter.object { json in
            json.array("starts") { list in
                for place in places { list.int(place) }
            }
        }
    }
}
