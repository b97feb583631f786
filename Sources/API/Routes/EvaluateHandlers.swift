import Core
import Hummingbird

/// What rules say to what somebody proposes.
enum EvaluateHandlers {
    /// `POST /evaluate`: the decision, as it is told on `conscience/results`; with `dry_run`
    /// nothing is kept and nothing told.
    static func evaluate(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        // Access to the route has read it in the same way.
        let query = try QueryParameters(request, knowing: ["dry_run"])
        if let text = try query.text("dry_run"), text != "true", text != "false" {
            throw QueryParameters.fault("dry_run", "must be true or false")
        }
        let (isDryRun, actor) = (request.isDryRun, context.actor)
        let body = try await request.bytes()
        let result = try await services.ask {
            $0.evaluate(body, by: actor, isDryRun: isDryRun)
        }
        switch result {
        case .success(let decision): return APIResponse.json(decision)
        case .failure(let error): throw APIError(error)
        }
    }
}
