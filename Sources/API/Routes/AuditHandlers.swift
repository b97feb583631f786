import Core
import Hummingbird
import Proof
import Store

/// The audit chain, as it stands; `jameyctl audit verify` says whether it is whole.
enum AuditHandlers {
    /// `GET /audit`: links, the newest first.
    static func audit(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(request, knowing: ["kind", "since", "limit", "cursor"])
        let list = AuditList(
            kind: try kind(query), since: try query.time("since", now: services.clock.now()),
            beforeSeq: try query.numberCursor(), limit: try query.limit())
        let page = try await services.store.read { (reader) throws(ReadError) in
            try reader.page(list)
        }
        return APIResponse.json(
            PageView.json("links", page.links.map(\.json), next: page.next.map { "\($0)" }))
    }

    private static func kind(_ query: QueryParameters) throws(APIError) -> AuditLink.Kind? {
        let kinds = AuditLink.Kind.allCases
        let name = try query.name("kind", among: kinds.map(\.name))
        return kinds.first { $0.name == name }
    }

    /// `GET /audit/head`: the newest link, as it is published but for the signature.
    static func auditHead(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let head = try await services.store.read { (reader) throws(ReadError) in
            try reader.auditHead()
        }
        return APIResponse.json(PublishedHead(head).json)
    }
}
