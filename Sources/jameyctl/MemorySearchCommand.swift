import ArgumentParser
import Core
import Proof
import Store

/// `jameyctl memory search`
struct MemorySearchCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Finds memories: by words the best first, else the newest first.",
        discussion: """
            All words must be in content or tags, in any case and with or without diacritics: \
            pump, '"pump failed"' as a phrase, 'over*' as a beginning. Nothing else in them has a \
            meaning. Of very common words, the newest memories are ranked. Behind -- a word may \
            begin with a dash. --entity finds a memory by its own entity: what is linked to it \
            by memory link is listed by soul show, and memory show tells the links of a memory. \
            Where there are more, standard error says how to go on. Exit codes: see jameyctl \
            --help.
            """)

    private static let limitDefault = 10

    @OptionGroup var place: PlaceOptions

    @Argument(help: "What to look for; without, the newest memories.")
    var words: [String] = []

    @Option(help: "Only these: episodic, semantic or long-term.")
    var layer: MemoryLayer?

    @Option(help: "Only those about this entity.")
    var entity: String?

    @Option(name: .customLong("tag"), help: "Only those with this tag; with several, with all.")
    var tags: [String] = []

    @Option(help: "Only those since then: 2h, 1h30m, 7d, or 2026-03-01T12:00:00Z.")
    var since: String?

    @Option(help: "Only those before then.")
    var until: String?

    @Option(
        name: [.customShort("n"), .long],
        help: "So many, 1 to \(Limits.memoriesShownMax) (default: \(limitDefault)).")
    var limit: Int?

    @Option(help: "The next page, by what the one before has ended with.")
    var cursor: String?

    @Flag(help: "One JSON object per line.")
    var json = false

    func validate() throws {
        if let limit, !(1...Limits.memoriesShownMax).contains(limit) {
            throw ValidationError("--limit must be from 1 to \(Limits.memoriesShownMax)")
        }
        _ = try query(now: SystemTime().now())
    }

    /// - Throws: only where `validate` has thrown already.
    func query(now: Timestamp) throws(ValidationError) -> MemoryQuery {
        var query = MemoryQuery(
            text: words.joined(separator: " "), layer: layer?.layer, entity: entity, tags: tags,
            limit: limit ?? Self.limitDefault)
        if let since { query.since = try Since(since, now: now).time }
        if let until { query.until = try Since(until, now: now, option: "--until").time }
        if let cursor {
            query.page = MemoryPlace(cursor)
            if query.page == nil {
                throw ValidationError("--cursor \(cursor): no page ends so, as 1841-20 does")
            }
        }
        return query
    }

    func perform() throws(Ending) {
        let query: MemoryQuery
        do throws(ValidationError) {
            query = try self.query(now: SystemTime().now())
        } catch { throw .failure(Exit.data, error.message) }
        let page = try MemorySearch(query: query).found(at: try place.resolve())
        var output = LineOutput()
        for stored in page.memories {
            if json {
                try output.line(stored.json())
            } else {
                try output.line(MemoryLine.text(stored, columns: output.columns))
            }
        }
        try output.flush()
        if let next = page.next {
            let count = page.isTotalCapped ? "more than \(page.total)" : "\(page.total)"
            StandardError.write("jameyctl: \(count) in all; the next ones: --cursor \(next.text)")
        }
    }
}

/// `--layer`
enum MemoryLayer: String, CaseIterable, ExpressibleByArgument {
    case episodic, semantic
    case longTerm = "long-term"

    var layer: Memory.Layer {
        switch self {
        case .episodic: .episodic
        case .semantic: .semantic
        case .longTerm: .longTerm
        }
    }
}
