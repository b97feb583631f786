import Core
import Hummingbird
import Proof
import Store

/// Everything that is kept about an entity.
enum EntityRecordHandlers {
    /// `GET /entities/{entity}/records`: kind by kind, of each the oldest first, as
    /// `jameyctl memory export` writes it. Of somebody of whom nothing is kept there are none: that
    /// there is nothing is known behind the last page only.
    static func records(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(request, knowing: ["limit", "cursor"])
        let entity = try context.segment("entity")
        let (limit, place) = (try query.limit(), try cursor(query))
        let (now, routes) = (services.clock.now(), services.routes)
        // It passes over the log, and over what other tables have of all entities.
        let page = try await services.store.read(isLong: true) {
            (reader) throws(ReadError) -> EntityRecords.Page in
            var records = EntityRecords(of: entity, in: reader, at: now, knowing: routes)
            return try records.next(behind: place, limit: limit)
        }
        return APIResponse.json(
            PageView.json("records", page.records, next: page.next?.text))
    }

    private static func cursor(_ query: QueryParameters) throws(APIError) -> EntityRecords.Cursor {
        let bytes = 0...Limits.exportCursorBytesMax
        guard let text = try query.text("cursor", bytes: bytes) else { return .start }
        guard let place = EntityRecords.Cursor(text) else { throw QueryParameters.badCursor }
        return place
    }
}
