import Core
import Hummingbird
import Store

/// What was decided, and why.
enum DecisionHandlers {
    private enum Kind: String, CaseIterable {
        case verdict, alert

        var kind: Decision.Kind {
            switch self {
            case .verdict: .verdict
            case .alert: .alert
            }
        }
    }

    private enum Verdict: String, CaseIterable {
        case approved, denied
    }

    /// `GET /decisions`: the newest first, as they are stored.
    static func decisions(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let list = try list(request, now: services.clock.now())
        let page = try await services.store.read { (reader) throws(ReadError) in
            try reader.page(list)
        }
        return APIResponse.json(
            PageView.json(
                "decisions", page.decisions.map(\.decision.json), next: page.next.map { "\($0)" }))
    }

    private static func list(_ request: Request, now: Timestamp) throws(APIError) -> DecisionList {
        let names = ["kind", "entity", "route", "verdict", "limit", "cursor"] + TimeSpan.names
        let query = try QueryParameters(request, knowing: names)
        var kind = try query.choice("kind", of: Kind.self)?.kind
        let verdict = try query.choice("verdict", of: Verdict.self)
        if verdict != nil {
            guard kind != .alert else {
                throw QueryParameters.fault("verdict", "is not what an alert has: leave one out")
            }
            kind = .verdict
        }
        let span = try TimeSpan(query, now: now)
        return DecisionList(
            kind: kind, entity: try query.text("entity", bytes: 0...Limits.entityNameBytesMax),
            route: try query.text("route"), isPositive: verdict.map { $0 == .approved },
            since: span.since, until: span.until, beforeRow: try query.numberCursor(),
            limit: try query.limit())
    }

    /// `GET /decisions/{id}`: as it is stored.
    static func decision(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        return APIResponse.json(try await decision(context.segment("id"), services).json)
    }

    /// `GET /decisions/{id}/why`: as `jameyctl why --json`.
    static func why(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let id = try context.segment("id")
        return try await replay(id, services) { (replay) throws(ReadError) in try replay.why() }
    }

    /// `GET /decisions/{id}/why-not/{rule}`: as `jameyctl why-not --json`.
    static func whyNot(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let (id, rule) = (try context.segment("id"), try context.segment("rule"))
        return try await replay(id, services) { (replay) throws(ReadError) in
            try replay.whyNot(rule)
        }
    }

    private static func replay(
        _ id: String, _ services: APIServices,
        _ body: @escaping @Sendable (DecisionReplay) throws(ReadError) -> Result<[UInt8], APIError>
    ) async throws(APIError) -> Response {
        let clock = services.clock
        let end = clock.monotonic() + Limits.whyTimeMax
        let decision = try await decision(id, services)
        let json = try await ReplayLine.shared.run { () async throws(APIError) -> [UInt8] in
            let result = try await services.store.read(isLong: true) {
                (reader) throws(ReadError) in
                try body(
                    DecisionReplay(reader: reader, decision: decision) {
                        clock.monotonic() >= end
                    })
            }
            return try result.get()
        }
        return APIResponse.json(json)
    }

    /// As it was recorded.
    private static func decision(
        _ id: String, _ services: APIServices
    ) async throws(APIError) -> Decision {
        let found = try await services.store.read { (reader) throws(ReadError) in
            try reader.decisions(DecisionQuery(id: id, limit: 1)).first
        }
        guard let found else {
            throw .notFound("there is no such decision; retention deletes the oldest")
        }
        return found.decision
    }
}
