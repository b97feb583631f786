import Agent
import Core
import HTTPTypes
import Hummingbird
import Synchronization

/// Counts requests by what they asked for and how they were answered, and how long that took, for
/// `GET /metrics`. Labels come from the table of routes only, so there are a few hundred at most.
final class RequestMetrics: RouterMiddleware {
    typealias Context = APIContext

    private struct Series: Hashable {
        /// The pattern; `other` where no route has the path and the method.
        var route: String
        var method: String
        /// `2xx`
        var status: String

        var labels: [(name: String, value: String)] {
            [("route", route), ("method", method), ("status", status)]
        }
    }

    private struct State {
        var counts: [Series: Int] = [:]
        var durations = DurationHistogram()
    }

    private static let other = "other"
    private static let methods: Set<HTTPRequest.Method> = [
        .get, .head, .post, .put, .delete, .options, .patch,
    ]

    private let clock: any TimeSource
    private let state = Mutex(State())

    init(clock: any TimeSource) { self.clock = clock }

    func handle(
        _ request: Request, context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let start = clock.monotonic()
        let response = try await next(request, context)
        let route = APIRoute(of: request, at: context.endpointPath)
        let isKnown = Self.methods.contains(request.method)
        let series = Series(
            route: route?.path ?? Self.other,
            method: isKnown ? request.method.rawValue : Self.other,
            status: "\(response.status.code / 100)xx")
        let taken = clock.monotonic() - start
        state.withLock { state in
            state.counts[series, default: 0] += 1
            state.durations.add(taken)
        }
        return response
    }

    /// - Parameters:
    ///   - connections: that are open.
    ///   - listeners: to server-sent events.
    func samples(connections: Int, listeners: Int) -> [MetricSample] {
        let state = self.state.withLock { $0 }
        let requests = state.counts.sorted { one, other in
            let (mine, others) = (one.key, other.key)
            return (mine.route, mine.method, mine.status)
                < (others.route, others.method, others.status)
        }.map { series, count in
            MetricSample(
                "jamey_api_requests_total", .counter,
                "Requests to the API by route, method and class of status.",
                labels: series.labels, value: Double(count))
        }
        return requests
            + state.durations.samples(
                "jamey_api_request_seconds",
                "From a request's head to its answer, the wait for its body included.")
            + [
                .gauge("jamey_api_connections", "Open connections to the API.", connections),
                .gauge(
                    "jamey_api_event_listeners", "Listeners to server-sent events.", listeners),
            ]
    }
}
