import Core
import Hummingbird
import Store

extension RuleHandlers {
    /// `GET /rules/sets/{digest}`: the files of a set that took effect, now or earlier.
    static func ruleSet(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(request, knowing: ["limit", "cursor"])
        let digest = try Self.digest(context)
        let (limit, first) = (try query.limit(), Int(clamping: try query.numberCursor() ?? 0))
        let stored = try await services.store.read { (reader) throws(ReadError) in
            try reader.ruleset(digest: digest)
        }
        guard let stored else { throw .notFound("no rule set of this digest is kept") }
        return APIResponse.json(RuleSetView.json(stored, from: first, limit: limit))
    }

    private static func digest(_ context: APIContext) throws(APIError) -> String {
        let text = try context.segment("digest")
        let digits = text.utf8.dropFirst(scheme.utf8.count)
        let isDigest =
            text.hasPrefix(scheme) && digits.count == 64
            && digits.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
        guard isDigest else {
            throw QueryParameters.fault(
                "digest",
                "in the path must be 'sha256:' and 64 digits, as GET /rules/history tells it")
        }
        return text
    }

    private static let scheme = "sha256:"
}
