import Core
import Hummingbird
import Proof
import Store

/// What the agent has come to believe about entities.
enum SoulHandlers {
    /// `GET /soul`: those about which something was recorded, in the order of the bytes of their
    /// names, as they are now.
    static func souls(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(request, knowing: ["limit", "cursor"])
        let limit = try query.limit()
        let last = try query.text("cursor", bytes: 0...Limits.entityNameBytesMax)
        let now = services.clock.now()
        // One more than asked for, to see whether another page follows.
        let found = try await services.store.read {
            (reader) throws(ReadError) -> [StoredSoul] in
            let halfLife = try reader.soulHalfLife()
            return try reader.souls(after: last, limit: limit + 1).map {
                $0.settled(at: now, halfLife: halfLife)
            }
        }
        let page = found.prefix(limit)
        let next = page.count < found.count ? page.last?.entity : nil
        return APIResponse.json(PageView.json("souls", page.map(\.json), next: next))
    }

    /// `GET /soul/{entity}`: as `jameyctl soul show --json`.
    static func soul(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let entity = try context.segment("entity")
        let now = services.clock.now()
        let json = try await services.store.read { (reader) throws(ReadError) in
            try SoulReport(of: entity, reader, at: now)?.json
        }
        guard let json else { throw noSoul }
        return APIResponse.json(json)
    }

    /// `PUT /soul/{entity}`: sets trust by hand, records what a person feels, or has evidence
    /// forgotten as by time.
    static func changeSoul(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let entity = try context.segment("entity")
        let body = try await request.bodyFields().body
        let asked = try change(of: entity, body, context)
        let answer = try await services.carryOut(asked, for: context)
        guard answer.changed > 0 else { throw noSoul }
        services.noteChange(by: context)
        let now = services.clock.now()
        let json = try await services.store.read { (reader) throws(ReadError) -> [UInt8]? in
            let halfLife = try reader.soulHalfLife()
            return try reader.soul(of: entity)?.settled(at: now, halfLife: halfLife).json
        }
        guard let json else { throw noSoul }
        return APIResponse.json(json)
    }

    /// What a body asks for, checked as the agent checks it.
    private static func change(
        of entity: String, _ body: JSONValue, _ context: APIContext
    ) throws(APIError) -> ControlRequest {
        let members = ["trust", "emotion", "weight", "note", "half_lives"].filter { name in
            body[name].map { $0 != .null } ?? false
        }
        guard let verb = Self.verb(members) else {
            throw .badRequest(
                #"{"trust":…}, {"emotion":…,"weight"?,"note"?} or {"half_lives":…}: one of these"#)
        }
        let json = JSONWriter.object { json in
            json.member("request", verb)
            json.member("entity", entity)
            for name in members { if let value = body[name] { json.member(name, value) } }
            json.member("user_id", context.author)
        }
        do throws(RequestError) { return try ControlRequest(json: json) } catch {
            throw APIError(error)
        }
    }

    /// What is asked for by these members; nil where that is nothing, or several things.
    private static func verb(_ members: [String]) -> String? {
        switch members {
        case ["trust"]: "soul.set"
        case ["half_lives"]: "soul.decay"
        case _ where members.contains("trust") || members.contains("half_lives"): nil
        case _: members.contains("emotion") ? "soul.record" : nil
        }
    }

    /// `DELETE /soul/{entity}`
    static func forgetSoul(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let asked = SoulRequest(
            entity: try context.segment("entity"), action: .forget, author: context.author)
        guard try await services.carryOut(.soul(asked), for: context).changed > 0 else {
            throw noSoul
        }
        services.noteChange(by: context)
        return APIResponse.noContent()
    }

    private static var noSoul: APIError { .notFound("nothing was recorded about it") }
}
