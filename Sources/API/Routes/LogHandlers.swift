import Core
import Hummingbird
import Proof
import Store

/// The log: everything that the agent has heard and was asked.
enum LogHandlers {
    /// `GET /log`: events, the oldest first, as `jameyctl log export` writes them.
    static func log(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let list = try Self.list(request, now: services.clock.now())
        let page = try await services.store.read { (reader) throws(ReadError) in
            try LogPage(list, of: reader)
        }
        return APIResponse.json(
            PageView.json("events", page.events, next: page.next.map { "\($0)" }))
    }

    private static func list(_ request: Request, now: Timestamp) throws(APIError) -> LogList {
        let names = ["from", "to", "topic", "limit", "cursor"] + TimeSpan.names
        let query = try QueryParameters(request, knowing: names)
        let span = try TimeSpan(query, now: now)
        var first = try query.integer("from", in: 0...EventSequence.max) ?? 0
        let last = try query.integer("to", in: 0...EventSequence.max) ?? .max
        if let cursor = try query.numberCursor() {
            // Behind the last number there is nothing.
            first = max(first, cursor == .max ? cursor : cursor + 1)
        }
        return LogList(
            from: first, through: last, since: span.since, until: span.until,
            filter: try Self.filter(query), limit: try query.limit())
    }

    private static func filter(_ query: QueryParameters) throws(APIError) -> TopicFilter? {
        guard let text = try query.text("topic") else { return nil }
        do throws(TopicError) { return try TopicFilter(text) } catch {
            throw QueryParameters.fault("topic", "must be a topic filter: \(error)")
        }
    }
}
