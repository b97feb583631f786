import Agent
import Core
import HTTPTypes
import Hummingbird
import Mind
import Proof
import Store

/// Forgetting everything about an entity (decision 0020).
enum ForgettingHandlers {
    /// `DELETE /entities/{entity}`: begins it.
    ///
    /// Each has an event of its own, also of an entity that was forgotten before: what it has said
    /// since goes with this one.
    static func forgetEntity(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let asked = ControlRequest.forgetEntity(
            try context.segment("entity"), author: context.author)
        try await readRulesets(services)
        let answer = try await begin(asked, for: context, services)
        services.noteChange(by: context)
        guard let event = answer.forgetting else { throw .internalError() }
        services.jobs.forget(before: event)
        return APIResponse.json(
            ForgettingView(begunBy: event).json, status: .accepted,
            headers: [.location: "/forgettings/\(event)"])
    }

    /// Whom events are about is said by the routes of all rule sets of the store. Those that are
    /// not known yet are read here, so that no message waits for it.
    private static func readRulesets(_ services: APIServices) async throws(APIError) {
        let routes = services.routes
        let isKnown = try await services.store.read { (reader) throws(ReadError) -> Bool in
            routes.has(try reader.rulesetDigests())
        }
        guard !isKnown else { return }
        try await services.store.read(isLong: true) { (reader) throws(ReadError) -> Void in
            _ = try routes.all(in: reader)
        }
    }

    /// Has the agent begin, by the routes that are known now; of whoever was still good then.
    private static func begin(
        _ request: ControlRequest, for context: APIContext, _ services: APIServices
    ) async throws(APIError) -> ControlAnswer {
        let (json, routes) = (request.json, services.routes)
        let userID = context.source.userID
        let checkAgain = services.checkAgain(context)
        let taken = try await services.ask { agent -> Result<ControlAnswer, APIError> in
            Result { () throws(APIError) -> ControlAnswer in
                try checkAgain()
                let answer = agent.control(json, by: userID, knowing: routes)
                do throws(RequestError) { return try ControlAnswer(json: answer) } catch {
                    throw APIError(error)
                }
            }
        }
        return try taken.get()
    }

    /// `GET /forgettings/{event}`: how far it is; with the name also what a search of the store's
    /// files for it comes to.
    static func forgetting(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(request, knowing: ["entity"])
        let event = try context.number("event")
        let entity = try query.text("entity", bytes: 1...Limits.entityNameBytesMax)
        let found = try await services.store.read {
            (reader) throws(ReadError) -> ForgettingView? in
            guard let job = try reader.forgetting(of: event) else { return nil }
            return ForgettingView(job, behind: try reader.forgetting(before: job))
        }
        guard var view = found else {
            throw .notFound(
                "no forgetting began with event \(event), or \(Limits.forgettingsKept) did since")
        }
        if let entity { view.search = try await search(for: entity, of: event, services) }
        return APIResponse.json(view.json)
    }

    /// For at most `Limits.forgetSearchTimeMax`, and no longer than the agent runs.
    private static func search(
        for entity: String, of event: EventSequence, _ services: APIServices
    ) async throws(APIError) -> EntitySearch {
        let (clock, store) = (services.clock, services.store)
        let result = try await store.search {
            (reader) throws(ReadError) -> Result<EntitySearch, APIError> in
            let end = clock.monotonic() + Limits.forgetSearchTimeMax
            return try Self.search(
                for: entity, of: event, reader,
                unless: { clock.monotonic() >= end || store.isClosed })
        }
        return try result.get()
    }

    /// - Returns: `NOT_FOUND` where the event was about another entity, or is not there any more:
    ///   whoever guesses at a name is told nothing of the files.
    static func search(
        for entity: String, of event: EventSequence, _ reader: StoreReader,
        unless isOver: @escaping @Sendable () -> Bool
    ) throws(ReadError) -> Result<EntitySearch, APIError> {
        let log = Mind.Settings(root: "", logID: try reader.logRange().logID)
        guard let digest = try reader.forgottenDigest(of: event) else {
            // The same of every name.
            return .failure(
                .notFound(
                    "the log no longer has event \(event), so nothing says whom it was about; to "
                        + "forget the entity again is an event that it has"))
        }
        guard digest == log.forgottenDigest(of: entity) else {
            return .failure(.notFound("event \(event) is not about this entity"))
        }
        guard let found = try reader.search(for: EntityForms(entity), unless: isOver) else {
            return .failure(tooLong)
        }
        return .success(found)
    }

    private static var tooLong: APIError {
        let seconds = APIError.seconds(Limits.forgetSearchTimeMax)
        // Without Retry-After: the next time it takes as long.
        return APIError(
            .serviceUnavailable, code: "TAKES_TOO_LONG",
            message: "the store's files cannot be searched for the name within \(seconds) s; on "
                + "the agent's machine, jameyctl memory forget --entity with --database takes the "
                + "time it needs")
    }
}
