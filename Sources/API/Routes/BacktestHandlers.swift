import Core
import HTTPTypes
import Hummingbird
import Mind

/// Other rules on recorded history, in the background.
enum BacktestHandlers {
    /// `POST /backtest`: begins one.
    static func startBacktest(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        let (body, fields) = try await request.bodyFields()
        let span = try span(fields, now: services.clock.now())
        let files = try RuleFilesBody.files(body)
        switch try await services.rules.check(files) {
        case .failure(let errors): throw APIError(errors)
        case .success(let ruleset):
            let job = try services.backtests.begin(ruleset, span, by: context.author)
            return APIResponse.json(
                json(job), status: .accepted, headers: [.location: "/backtest/\(job.id)"])
        }
    }

    /// `GET /backtest`: those that are known, the newest first, without their reports.
    static func backtests(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let query = try QueryParameters(request, knowing: ["limit"])
        let jobs = services.backtests.all().prefix(try query.limit())
        return APIResponse.json(PageView.json("jobs", jobs.map { json($0) }, next: nil))
    }

    /// `GET /backtest/{job}`: how far one is, and the report when it is done.
    static func backtest(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        guard let job = services.backtests.find(try context.segment("job")) else { throw noJob }
        guard !job.report.isEmpty else { return APIResponse.json(json(job)) }
        return APIResponse.json(json(job), adding: "report", job.report)
    }

    /// `DELETE /backtest/{job}`: ends one that runs, forgets one that is over.
    static func endBacktest(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        _ = try QueryParameters(request, knowing: [])
        guard services.backtests.end(try context.segment("job")) else { throw noJob }
        return APIResponse.noContent()
    }

    private static let noJob = APIError.notFound("there is no such backtest, or no longer")

    /// Without its report.
    private static func json(_ job: BacktestJob) -> [UInt8] {
        JSONWriter.object { job.write(to: &$0) }
    }

    /// Times of RFC 3339, or how long ago.
    private static func span(
        _ fields: RequestFields, now: Timestamp
    ) throws(APIError) -> BacktestJob.Span {
        let span = BacktestJob.Span(
            since: try time("since", fields, now), until: try time("until", fields, now))
        if let since = span.since, let until = span.until, until <= since {
            throw QueryParameters.fault("until", "must be after 'since'")
        }
        return span
    }

    private static func time(
        _ name: String, _ fields: RequestFields, _ now: Timestamp
    ) throws(APIError) -> Timestamp? {
        let text: String?
        do throws(RequestError) { text = try fields.text(name, bytes: 1...64) } catch {
            throw APIError(error)
        }
        guard let text else { return nil }
        do throws(MomentError) { return try Timestamp(moment: text, now: now) } catch {
            throw QueryParameters.fault(
                name, "must be a time like 2026-03-01T12:00:00Z, or an age like 2h or 7d: \(error)")
        }
    }
}
