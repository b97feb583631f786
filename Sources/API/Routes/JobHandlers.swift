import Core
import HTTPTypes
import Hummingbird
import Mind
import Store

/// Long work in the background: begun each in its way, all else the same of every kind.
enum JobHandlers {
    /// `POST /backtest`: other rules on recorded history.
    static func startBacktest(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let (body, fields) = try await request.bodyFields()
        let span = try TimeSpan(fields, now: services.clock.now())
        let files = try RuleFilesBody.files(body)
        switch try await services.rules.check(files) {
        case .failure(let errors): throw APIError(errors)
        case .success(let ruleset):
            return try begin(BacktestTask(ruleset: ruleset, span: span), context, services)
        }
    }

    /// `POST /replay`: every decision again.
    static func startReplay(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let fields = try await request.bodyFields(isOptional: true).fields
        let id: String?
        var task = ReplayTask()
        do throws(RequestError) {
            id = try fields.text("decision", bytes: 1...Limits.entityNameBytesMax)
            task.from = try fields.integer("from", in: 0...Int64.max)
        } catch { throw APIError(error) }
        task.span = try TimeSpan(fields, now: services.clock.now())
        if let id {
            guard task.span.isEverything else {
                throw QueryParameters.fault("decision", "goes without 'since' and 'until'")
            }
            task.decision = (id, try await event(of: id, services))
        }
        return try begin(task, context, services)
    }

    private static func event(
        of decision: String, _ services: APIServices
    ) async throws(APIError) -> EventSequence {
        let found = try await services.store.read { (reader) throws(ReadError) in
            try reader.decisions(.init(id: decision, limit: 1)).first
        }
        guard let found else { throw .notFound("there is no such decision, or no longer") }
        return found.decision.eventSequence
    }

    /// `POST /audit/verify`: the chain from its beginning to its end.
    static func startVerification(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let fields = try await request.bodyFields(isOptional: true).fields
        let text: String?
        do throws(RequestError) { text = try fields.text("head", bytes: 64...128) } catch {
            throw APIError(error)
        }
        var task = VerificationTask()
        if let text {
            guard let head = HeldHead(text: text) else {
                throw QueryParameters.fault(
                    "head", "must be SEQ:HASH or HASH, 64 hexadecimal digits")
            }
            task.held = head
        }
        return try begin(task, context, services)
    }

    private static func begin(
        _ task: some JobTask, _ context: APIContext, _ services: APIServices
    ) throws(APIError) -> Response {
        let role = context.principal?.role ?? .viewer
        let job = try services.jobs.begin(task, by: context.author, as: role)
        let place = "\(job.order.kind.path)/\(job.id)"
        return APIResponse.json(json(job), status: .accepted, headers: [.location: place])
    }

    // MARK: Of every kind

    /// `GET /backtest` and the like: those that are known, the newest first, without their reports.
    static func list(_ kind: JobKind) -> Endpoint.Handler {
        { (request, _, services) async throws(APIError) -> Response in
            let query = try QueryParameters(request, knowing: ["limit"])
            let limit = try query.limit()
            if kind.tellsOfEntities { try await forgetReports(services) }
            let jobs = services.jobs.all(kind).prefix(limit)
            return APIResponse.json(PageView.json("jobs", jobs.map { json($0) }, next: nil))
        }
    }

    /// `GET /backtest/{job}` and the like: how far one is, and the report when it is done.
    static func one(_ kind: JobKind) -> Endpoint.Handler {
        { (request, context, services) async throws(APIError) -> Response in
            _ = try QueryParameters(request, knowing: [])
            let id = try context.segment("job")
            guard let job = services.jobs.find(id, kind) else { throw missing(kind) }
            guard !job.report.isEmpty else { return APIResponse.json(json(job)) }
            if kind.tellsOfEntities {
                try await forgetReports(services)
                guard services.jobs.find(id, kind) != nil else { throw missing(kind) }
            }
            return APIResponse.json(json(job), adding: "report", job.report)
        }
    }

    /// Whoever had an entity forgotten, and how: the store knows it.
    private static func forgetReports(_ services: APIServices) async throws(APIError) {
        let newest = try await services.store.read { (reader) throws(ReadError) in
            try reader.newestForgetting()?.sequence
        }
        if let newest { services.jobs.forget(before: newest) }
    }

    /// `DELETE /backtest/{job}` and the like: ends one that runs, forgets one that is over.
    static func end(_ kind: JobKind) -> Endpoint.Handler {
        { (request, context, services) async throws(APIError) -> Response in
            _ = try QueryParameters(request, knowing: [])
            guard services.jobs.end(try context.segment("job"), kind) else { throw missing(kind) }
            return APIResponse.noContent()
        }
    }

    private static func missing(_ kind: JobKind) -> APIError {
        .notFound("there is no such \(kind.name), or no longer")
    }

    /// Without its report.
    private static func json(_ job: Job) -> [UInt8] {
        JSONWriter.object { job.write(to: &$0) }
    }
}
