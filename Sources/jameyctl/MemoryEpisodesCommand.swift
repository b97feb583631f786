import ArgumentParser
import Core
import Store

/// `jameyctl memory episodes`
struct MemoryEpisodesCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "episodes",
        abstract: "Lists episodes: when something was wrong with an entity, the newest first.",
        discussion: """
            One episode with all that belongs to it: jameyctl memory episode NUMBER. Where there \
            are more, standard error says how to go on. Exit codes: see jameyctl --help.
            """)

    private static let limitDefault = 20

    @OptionGroup var place: PlaceOptions

    @Option(help: "Only those of this entity.")
    var entity: String?

    @Option(help: "Only those that were open then or later: 2h, 7d, or 2026-03-01T12:00:00Z.")
    var since: String?

    @Option(help: "Only those that were opened before then.")
    var until: String?

    @Flag(help: "Only those that are open.")
    var open = false

    @Option(
        name: [.customShort("n"), .long],
        help: "So many, 1 to \(Limits.memoriesShownMax) (default: \(limitDefault)).")
    var limit: Int?

    @Option(help: "The next page: only those with lower numbers.")
    var before: Int64?

    @Flag(help: "One JSON object per line.")
    var json = false

    func validate() throws {
        if let limit, !(1...Limits.memoriesShownMax).contains(limit) {
            throw ValidationError("--limit must be from 1 to \(Limits.memoriesShownMax)")
        }
        if let before, before < 1 {
            throw ValidationError("--before is the number of an episode: from 1 on, not \(before)")
        }
        _ = try query(now: SystemTime().now())
    }

    /// - Throws: only where `validate` has thrown already.
    private func query(now: Timestamp) throws(ValidationError) -> EpisodeQuery {
        var query = EpisodeQuery(
            entity: entity, isOpen: open, limit: limit ?? Self.limitDefault, before: before)
        if let since { query.since = try Since(since, now: now).time }
        if let until { query.until = try Since(until, now: now, option: "--until").time }
        return query
    }

    func perform() throws(Ending) {
        let query: EpisodeQuery
        do throws(ValidationError) {
            query = try self.query(now: SystemTime().now())
        } catch { throw .failure(Exit.data, error.message) }
        let found = try EpisodeSearch(query: query).found(at: try place.resolve())
        var output = LineOutput()
        for episode in found.episodes {
            if json {
                try output.line(episode.bytes)
            } else {
                try output.line(EpisodeLine.text(episode.json, columns: output.columns))
            }
        }
        try output.flush()
        if found.isMore, let last = found.episodes.last?.json["id"]?.int {
            StandardError.write("jameyctl: there are more; the next ones: --before \(last)")
        }
    }
}

/// `jameyctl memory episode`
struct MemoryEpisodeCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "episode",
        abstract: "Shows one episode: what led up to it, what happened, and what followed.",
        discussion: """
            The messages are those that were kept with it, and those that the log still has. \
            Exits with 1 when there is none of this number. Exit codes: see jameyctl --help.
            """)

    private static let limitDefault = 50

    @OptionGroup var place: PlaceOptions

    @Argument(help: "Its number, as memory episodes shows it.")
    var id: Int64

    @Option(
        name: [.customShort("n"), .long],
        help: "Messages at most, 0 to \(Limits.memoriesShownMax) (default: \(limitDefault)).")
    var limit: Int?

    @Flag(help: "As one JSON object.")
    var json = false

    func validate() throws {
        guard id > 0 else {
            throw ValidationError("episodes are numbered from 1 on, not \(id)")
        }
        if let limit, !(0...Limits.memoriesShownMax).contains(limit) {
            throw ValidationError("--limit must be from 0 to \(Limits.memoriesShownMax)")
        }
    }

    func perform() throws(Ending) {
        let shown = try ShownEpisode.one(
            id, limit: limit ?? Self.limitDefault, at: try place.resolve())
        var output = LineOutput()
        if json {
            try output.line(shown.json)
        } else {
            for line in shown.lines(columns: output.columns) { try output.line(line) }
        }
        try output.flush()
        if shown.isMore { StandardError.write("jameyctl: there are more messages: --limit") }
    }
}
