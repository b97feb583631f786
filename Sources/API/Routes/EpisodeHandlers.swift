import Core
import Hummingbird
import Mind
import Proof
import Store

/// When something was wrong with an entity.
enum EpisodeHandlers {
    /// `GET /episodes`: the newest first, as `jameyctl memory episodes --json`.
    static func episodes(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(
            request, knowing: ["entity", "open", "limit", "cursor"] + TimeSpan.names)
        let (limit, now) = (try query.limit(), services.clock.now())
        let wanted = EpisodeQuery(
            entity: try query.text("entity", bytes: 0...Limits.entityNameBytesMax),
            // The end of the span need not be behind its beginning: an episode has a length.
            since: try query.time("since", now: now), until: try query.time("until", now: now),
            isOpen: try query.name("open", among: ["true", "false"]) == "true",
            // One more than asked for, to see whether another page follows.
            limit: limit + 1, before: try query.numberCursor())
        let found = try await services.store.read { (reader) throws(ReadError) in
            try reader.episodes(wanted)
        }
        return APIResponse.json(EpisodeView.page(found, limit: limit))
    }

    /// `GET /episodes/{id}`: one with its messages, as `jameyctl memory episode --json`.
    static func episode(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(request, knowing: ["limit", "cursor"])
        let id = try context.number("id")
        let (limit, last) = (try query.limit(), try query.numberCursor() ?? 0)
        let ruleset = try await services.ask { $0.rulesReport().ruleset }
        let json = try await services.store.read { (reader) throws(ReadError) -> [UInt8]? in
            guard let episode = try reader.episode(id) else { return nil }
            var topics = TopicEntities(ruleset)
            let page = try reader.events(
                of: episode, after: last, limit: limit, looking: Limits.decisionsLooked,
                bytesMax: Limits.apiListBytesMax
            ) { topics.entities(of: $0) }
            return episode.json(
                messages: page.events.map(\.json), next: page.next.map { "\($0)" })
        }
        guard let json else { throw .notFound("there is no episode \(id)") }
        return APIResponse.json(json)
    }
}
