import Agent
import Core
import Hummingbird
import Store

/// API keys. A secret is in the answer that made it, and nowhere else.
enum KeyHandlers {
    /// `GET /keys`: the oldest first, without secrets.
    static func keys(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(request, knowing: ["limit", "cursor"])
        let limit = try query.limit()
        // Before that none is known, and no list would be the true one.
        guard services.keys.isLoaded else { throw .keysNotRead }
        var keys = services.keys.keys[...]
        if let last = try query.text("cursor", bytes: 1...64) {
            guard let place = keys.firstIndex(where: { $0.id == last }) else {
                throw QueryParameters.badCursor
            }
            keys = keys[(place + 1)...]
        }
        let page = keys.prefix(limit)
        let next = page.count < keys.count ? page.last?.id : nil
        let now = services.clock.now()
        let elements = page.map { KeyView.json($0, at: now) }
        return APIResponse.json(PageView.json("keys", elements, next: next))
    }

    /// `POST /keys`: a new one, shown once.
    static func createKey(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let draft = try KeyDraft(try await request.bodyFields().fields)
        let now = services.clock.now()
        for _ in 0..<idsDrawn {
            let token = APIKeyToken.make()
            let key = StoredKey(
                id: token.id, name: draft.name, role: draft.role, hash: token.hash,
                createdAt: now, expiresAt: draft.lifetime.map { now + $0 },
                createdBy: context.actor.name)
            switch try await change(.create(key), context, services) {
            case .done:
                return APIResponse.json(
                    KeyView.json(key, at: now, revealing: token), status: .created,
                    headers: notKept)
            case .idTaken: continue
            case .tooMany:
                throw APIError(
                    .conflict, code: "CONFLICT",
                    message: "\(Limits.apiKeysMax) keys are in force: revoke one first")
            case .noSuchKey, .revoked: throw .internalError()
            }
        }
        throw .internalError()
    }

    /// `POST /keys/{id}/rotate`: a new secret; the one before is good for a while yet.
    static func rotateKey(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let id = try context.segment("id")
        let overlap = try overlap(try await request.bodyFields(isOptional: true).fields)
        let now = services.clock.now()
        guard services.keys.isLoaded else { throw .keysNotRead }
        guard let key = services.keys.key(id) else { throw noKey }
        guard !key.isExpired(at: now) else { throw isOver("has expired") }
        let token = APIKeyToken.make(id: id)
        let rotation = KeyChange.rotate(
            id: id, hash: token.hash, previousUntil: overlap > .zero ? now + overlap : nil)
        switch try await change(rotation, context, services) {
        case .done:
            guard let key = services.keys.key(id) else { throw noKey }
            return APIResponse.json(
                KeyView.json(key, at: now, revealing: token), headers: notKept)
        case .noSuchKey: throw noKey
        case .revoked: throw isOver("is revoked")
        case .idTaken, .tooMany: throw .internalError()
        }
    }

    /// `DELETE /keys/{id}`: it is good for nothing from now on.
    static func revokeKey(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let revocation = KeyChange.revoke(
            id: try context.segment("id"), at: services.clock.now())
        switch try await change(revocation, context, services) {
        // Whoever revokes it again has what they want.
        case .done, .revoked: return APIResponse.noContent()
        case .noSuchKey: throw noKey
        case .idTaken, .tooMany: throw .internalError()
        }
    }

    /// How often another id is drawn where one is taken.
    private static let idsDrawn = 4
    /// Caches are not to keep a secret.
    private static let notKept: HTTPFields = [.cacheControl: "no-store"]

    private static let noKey = APIError.notFound("there is no such key")

    private static func isOver(_ why: String) -> APIError {
        APIError(.conflict, code: "CONFLICT", message: "this key \(why): make a new one")
    }

    /// Changes the store first and the keys in force then.
    private static func change(
        _ change: KeyChange, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> KeyChangeResult {
        let (actor, keys) = (context.actor, services.keys)
        let changed = try await services.ask { agent in
            let changed = agent.change(change, by: actor)
            // On the loop, so that the ring sees changes in the store's order.
            if case .success(.done) = changed { keys.apply(change) }
            return changed
        }
        switch changed {
        case .success(let result): return result
        case .failure(let error): throw APIError(error)
        }
    }

    private static func overlap(_ fields: RequestFields) throws(APIError) -> Duration {
        do throws(RequestError) {
            return try fields.duration("overlap", in: .zero...Limits.keyOverlapMax)
                ?? Limits.keyOverlapDefault
        } catch { throw APIError(error) }
    }
}

/// What a new key is to be.
private struct KeyDraft {
    let name: String
    let role: Role
    let lifetime: Duration?

    init(_ fields: RequestFields) throws(APIError) {
        do throws(RequestError) {
            name = try fields.requiredText("name", bytes: 1...Limits.keyNameBytesMax)
            guard name.isPlainName else {
                throw RequestFields.fault(
                    "name", "must hold nothing that is not seen, and no space at its ends")
            }
            let text = try fields.requiredText("role", bytes: 1...16)
            guard let role = Role(rawValue: text) else {
                let names = Role.allCases.map(\.rawValue)
                throw RequestFields.fault("role", "must be one of \(names.joined(separator: ", "))")
            }
            self.role = role
            lifetime = try fields.duration("expires_in", in: Limits.keyLifetimes)
        } catch { throw APIError(error) }
    }
}

extension RequestFields {
    /// A duration as text: `24h`.
    fileprivate func duration(
        _ name: String, in range: ClosedRange<Duration>
    ) throws(RequestError) -> Duration? {
        guard let text = try text(name, bytes: 1...64) else { return nil }
        do throws(QuantityError) {
            let duration = try Duration(text: text)
            if range.contains(duration) { return duration }
        } catch { throw Self.fault(name, "is no duration like 24h or 90d: \(error)") }
        throw Self.fault(
            name, "must be from \(range.lowerBound.text) to \(range.upperBound.text)")
    }
}
