import ArgumentParser
import Core
import Store

/// `jameyctl decisions`
struct DecisionsCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "decisions",
        abstract: "Shows verdicts and alerts, the newest last.",
        discussion: """
            Each is a line with its time (UTC), entity, route and outcome. --follow goes on until \
            SIGINT or SIGTERM, then exits with 0; with --database it waits for a store that is \
            not there yet, else it comes again where the connection is lost. Exit codes: see \
            jameyctl --help.
            """)

    private static let limitDefault = 50

    @OptionGroup var place: PlaceOptions

    @Flag(name: [.short, .long], help: "Go on with new ones as they are made.")
    var follow = false

    @Flag(help: "One JSON object per line, exactly as stored.")
    var json = false

    @Option(
        name: [.customShort("n"), .long],
        help: """
            The newest so many, 0 to \(Limits.decisionsShownMax) \
            (default: \(limitDefault); with --since, all).
            """)
    var limit: Int?

    @Option(help: "Only these: verdict or alert.")
    var kind: DecisionKind?

    @Option(help: "Only those about this entity.")
    var entity: String?

    @Option(help: "Only those since then: 2h, 1h30m, 7d, or 2026-03-01T12:00:00Z.")
    var since: String?

    func validate() throws {
        if let limit, !(0...Limits.decisionsShownMax).contains(limit) {
            throw ValidationError("--limit must be from 0 to \(Limits.decisionsShownMax)")
        }
        _ = try selection(now: SystemTime().now())
    }

    /// - Throws: only where `validate` has thrown already.
    func selection(now: Timestamp) throws(ValidationError) -> DecisionSelection {
        var since: Timestamp?
        if let text = self.since { since = try Since(text, now: now).time }
        return DecisionSelection(
            limit: limit ?? (since == nil ? Self.limitDefault : nil), since: since,
            kind: kind?.kind, entity: entity)
    }

    func perform() throws(Ending) {
        let selection: DecisionSelection
        do throws(ValidationError) {
            selection = try self.selection(now: SystemTime().now())
        } catch { throw .failure(Exit.data, error.message) }
        switch try place.resolve() {
        case .file(let store): try show(selection, in: store)
        case .daemon(let daemon):
            var listener = DecisionListener(daemon, selection, isJSON: json)
            if follow { try listener.follow() } else { try listener.list() }
        }
    }

    private func show(_ selection: DecisionSelection, in store: StoreFile) throws(Ending) {
        var feed = DecisionFeed(selection, isJSON: json, output: LineOutput())
        guard follow else { return try feed.begin(try store.open()) }
        Interruption.watch()
        var follower = DecisionFollower(path: store.path, feed: feed)
        try follower.run()
    }
}
