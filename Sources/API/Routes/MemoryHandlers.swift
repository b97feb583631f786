import Core
import HTTPTypes
import Hummingbird
import Proof
import Store

/// What the agent remembers.
enum MemoryHandlers {
    /// `GET /memory`: with words the best first, else the newest first.
    static func memories(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try query(request, now: services.clock.now())
        let page = try await services.store.read { (reader) throws(ReadError) in
            try reader.search(query)
        }
        return APIResponse.json(MemoryView.found(page))
    }

    private static func query(_ request: Request, now: Timestamp) throws(APIError) -> MemoryQuery {
        let names = ["query", "layer", "entity", "tags", "limit", "cursor"] + TimeSpan.names
        let query = try QueryParameters(request, knowing: names, repeating: ["tags"])
        let span = try TimeSpan(query, now: now)
        var wanted = MemoryQuery(
            text: try query.text("query", bytes: 0...Limits.recallTextBytesMax) ?? "",
            layer: try query.choice("layer", of: Memory.Layer.self),
            entity: try query.text("entity", bytes: 0...Limits.entityNameBytesMax),
            tags: try tags(query), since: span.since, until: span.until,
            limit: try query.limit())
        if let cursor = try query.text("cursor", bytes: 0...64) {
            wanted.page = MemoryPlace(cursor)
            if wanted.page == nil { throw QueryParameters.badCursor }
        }
        return wanted
    }

    private static func tags(_ query: QueryParameters) throws(APIError) -> [String] {
        let tags = query.texts("tags")
        let characters = 1...Limits.memoryTagCharactersMax
        guard tags.count <= Limits.memoryTagsMax,
            tags.allSatisfy({ characters.contains($0.unicodeScalars.count) })
        else {
            throw QueryParameters.fault(
                "tags",
                "must be one tag each, of 1 to \(characters.upperBound) characters, at most "
                    + "\(Limits.memoryTagsMax) of them")
        }
        return tags
    }

    /// `GET /memory/{id}`: one, with what it is linked to.
    static func memory(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        return APIResponse.json(try await json(of: context.number("id"), services))
    }

    /// `GET /memory/stats`: as `jameyctl memory stats --json`.
    static func memoryStats(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let json = try await services.store.read { (reader) throws(ReadError) in
            try MemoryStats(reader).json
        }
        return APIResponse.json(json)
    }

    // MARK: Changes

    /// `POST /memory`: stores one, which whoever asks is the author of.
    static func storeMemory(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let body = try await request.bodyFields().body
        var draft: MemoryDraft
        do throws(RequestError) { draft = try MemoryDraft(body) } catch { throw APIError(error) }
        draft.author = context.author
        let answer = try await services.carryOut(.store(draft), for: context)
        services.noteChange(by: context)
        guard let id = answer.memory else { throw .internalError() }
        return APIResponse.json(
            try await json(of: id, services), status: .created,
            headers: [.location: "/memory/\(id)"])
    }

    /// `DELETE /memory/{id}`
    static func forgetMemory(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try await change(request, context, services) { .forget($0) }
        return APIResponse.noContent()
    }

    /// `DELETE /memory`: forgets the oldest of those made before a time, as many as one step takes.
    static func forgetMemories(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(request, knowing: ["before", "layer", "pinned"])
        guard let before = try query.time("before", now: services.clock.now()) else {
            throw QueryParameters.fault("before", "is missing: those made before then are meant")
        }
        let change = MemoryChange.forgetBefore(
            before, layer: try query.choice("layer", of: Memory.Layer.self),
            alsoPinned: try query.name("pinned", among: ["true", "false"]) == "true")
        let asked = ControlRequest.change(change, author: context.author)
        let count = try await services.carryOut(asked, for: context).changed
        if count > 0 { services.noteChange(by: context) }
        return APIResponse.json(
            JSONWriter.object { json in
                json.member("memories", count)
                json.member("more", count >= Limits.forgetSliceRows)
            })
    }

    /// `PUT /memory/{id}/pin`
    static func pinMemory(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let id = try await change(request, context, services) { .pin($0, true) }
        return APIResponse.json(try await json(of: id, services))
    }

    /// `DELETE /memory/{id}/pin`
    static func unpinMemory(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let id = try await change(request, context, services) { .pin($0, false) }
        return APIResponse.json(try await json(of: id, services))
    }

    /// `PUT /memory/{id}/links/{entity}`: it is about a further entity.
    static func linkMemory(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let (id, entity) = (try context.number("id"), try context.segment("entity"))
        let asked = ControlRequest.change(.link(id, entity, true), author: context.author)
        guard try await services.carryOut(asked, for: context).changed > 0 else {
            // It is not there, or has all that it may have.
            _ = try await json(of: id, services)
            throw APIError(
                .conflict, code: "CONFLICT",
                message: "memory \(id) is linked to \(Limits.memoryLinksMax) entities, as many as "
                    + "can be")
        }
        services.noteChange(by: context)
        return APIResponse.json(try await json(of: id, services))
    }

    /// `DELETE /memory/{id}/links/{entity}`: it is about it no longer.
    static func unlinkMemory(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let (id, entity) = (try context.number("id"), try context.segment("entity"))
        let asked = ControlRequest.change(.link(id, entity, false), author: context.author)
        guard try await services.carryOut(asked, for: context).changed > 0 else {
            throw .notFound("memory \(id) is not linked to it")
        }
        services.noteChange(by: context)
        return APIResponse.json(try await json(of: id, services))
    }

    /// - Returns: the memory's number.
    private static func change(
        _ request: Request, _ context: APIContext, _ services: APIServices,
        _ change: (MemoryID) -> MemoryChange
    ) async throws(APIError) -> MemoryID {
        _ = try QueryParameters(request, knowing: [])
        let id = try context.number("id")
        let asked = ControlRequest.change(change(id), author: context.author)
        guard try await services.carryOut(asked, for: context).changed > 0 else {
            throw noMemory(id)
        }
        services.noteChange(by: context)
        return id
    }

    private static func json(
        of id: MemoryID, _ services: APIServices
    ) async throws(APIError) -> [UInt8] {
        let json = try await services.store.read { (reader) throws(ReadError) -> [UInt8]? in
            let links = try reader.links(of: id)
            return try reader.memory(id)?.json(links: links)
        }
        guard let json else { throw noMemory(id) }
        return json
    }

    private static func noMemory(_ id: MemoryID) -> APIError {
        .notFound("there is no memory \(id)")
    }
}
