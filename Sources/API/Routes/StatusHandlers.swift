import Agent
import Core
import HTTPTypes
import Hummingbird

/// How the agent is, for people, probes and Prometheus; and what describes the API.
enum StatusHandlers {
    /// `GET /`: who answers; the dashboard for a browser.
    static func root(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        guard !AcceptedTypes(request).prefersHTML else {
            var response = try await dashboard(request, context, services)
            response.headers[.vary] = "Accept"
            return response
        }
        let json = JSONWriter.object { json in
            json.member("name", "jamey")
            json.member("version", services.settings.version)
            json.member("node", services.settings.node)
        }
        return APIResponse.json(json, headers: [.vary: "Accept"])
    }

    /// `GET /livez`: whether the loop turns.
    static func live(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        try await probe(context, services) { _ in true }
    }

    /// `GET /readyz`: whether the status is `online`.
    static func ready(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        try await probe(context, services) { $0.state == .online }
    }

    /// `GET /startupz`: whether it was `online` once.
    static func started(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        try await probe(context, services) { $0.hasBeenOnline }
    }

    private static func probe(
        _ context: APIContext, _ services: APIServices, isWell: (AgentReport) -> Bool
    ) async throws(APIError) -> Response {
        let report: AgentReport
        do throws(PortError) {
            report = try await services.port.ask(within: Limits.apiLivenessPatience) {
                $0.report()
            }
        } catch { throw APIError(error) }
        let isKnown = context.principal != nil
        if isWell(report) {
            return APIResponse.json(StatusView.probe(report, isKnown: isKnown))
        }
        let reason = isKnown ? report.reason : report.openReason
        var error = APIError.unavailable(reason ?? "the agent is \(report.state.rawValue)")
        error.extra = StatusView.probeMembers(report, isKnown: isKnown)
        throw error
    }

    /// `GET /status`: the whole of it, and who asks.
    static func status(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        APIResponse.json(StatusView.json(try await report(services), for: context.principal))
    }

    /// `GET /metrics`: Prometheus' text format 0.0.4.
    static func metrics(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let report = try await report(services)
        let own = services.requests.samples(
            connections: services.connections.count, listeners: await services.events.seatCount)
        return APIResponse.bytes(
            (report.metrics + own).prometheusText, type: "text/plain; version=0.0.4; charset=utf-8")
    }

    private static func report(_ services: APIServices) async throws(APIError) -> AgentReport {
        do throws(PortError) {
            return try await services.port.ask { $0.report() }
        } catch { throw APIError(error) }
    }
}

// MARK: Files

extension StatusHandlers {
    /// The page loads its own scripts and styles, asks this server, and nothing else.
    static let dashboardPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// `GET /openapi.json`.
    static func openAPI(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        guard let file = Assets.file("openapi.json") else { throw .internalError() }
        return file.response(to: request)
    }

    /// `GET /dashboard`: the page.
    static func dashboard(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        guard let page = Assets.file("index.html") else { throw .internalError() }
        return page.response(to: request, headers: [.contentSecurityPolicy: dashboardPolicy])
    }

    /// `GET /dashboard/{file}`: one of its scripts and styles.
    static func dashboardFile(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let name = try context.segment("file")
        guard name.hasSuffix(".js") || name.hasSuffix(".css"), let file = Assets.file(name) else {
            throw .notFound("the dashboard has no such file")
        }
        return file.response(to: request, headers: [.contentSecurityPolicy: dashboardPolicy])
    }
}
