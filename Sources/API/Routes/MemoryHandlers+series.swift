import Core
import Hummingbird
import Proof
import Store

extension MemoryHandlers {
    private static let spanDefault: Duration = .seconds(2 * 3_600)

    /// What a search came to, as JSON.
    private enum SeriesFound: Sendable {
        case series([UInt8])
        /// No points, and no roll-up of such an entity: it may still be one without any.
        case nothing([UInt8], reason: String)
        case refused(APIError)
    }

    /// `GET /memory/series`: what a device's numbers came to over time. There are no points where a
    /// device has none, and 404 where nothing is known of such a device.
    static func memorySeries(
        _ request: Request, _ context: APIContext, _ services: APIServices
    ) async throws(APIError) -> Response {
        let names = ["entity", "field", "route", "step"] + TimeSpan.names
        let query = try QueryParameters(request, knowing: names)
        let now = services.clock.now()
        let step = try query.choice("step", of: Series.Grain.self)
        let span = try TimeSpan(query, now: now)
        let entity = try query.requiredText("entity", bytes: 1...Limits.entityNameBytesMax)
        let (field, route) = (try query.requiredText("field"), try query.text("route"))
        let until = span.until ?? now
        let since = span.since ?? until + (.zero - spanDefault)
        guard since < until else {
            throw QueryParameters.fault("since", "must be before 'until', or now")
        }
        // Readings one by one are looked for in the log.
        let found = try await services.store.read(isLong: step == .raw) {
            (reader) throws(ReadError) -> SeriesFound in
            var search = SeriesSearch(
                reader: reader, entity: entity, field: field, route: route, since: since,
                until: until, eventsMax: Limits.apiSeriesEventsMax)
            search.bounds = .api
            search.isOpenEnded = span.until == nil
            return try Self.find(search, step)
        }
        switch found {
        case .series(let json): return APIResponse.json(json)
        case .refused(let error): throw error
        case .nothing(let json, let reason):
            // Of a route without roll-ups, or heard for the first time within this minute.
            guard try await services.ask({ $0.device(entity) != nil }) else {
                throw .notFound(reason)
            }
            return APIResponse.json(json)
        }
    }

    private static func find(
        _ search: SeriesSearch, _ step: Series.Grain?
    ) throws(ReadError) -> SeriesFound {
        do throws(SeriesError) { return .series(try search.series(step).json) } catch {
            let text = search.text(of: error, .parameters)
            switch error {
            case .store(let cause): throw cause
            case .tooFine: return .refused(.badRequest(text, code: "BAD_STEP"))
            case .severalRoutes: return .refused(.badRequest(text, code: "BAD_ROUTE"))
            case .noField(let known, let isCutOff):
                return .series(search.empty(step, instead: known, isCutOff: isCutOff).json)
            case .noNumbers(let isKnown, _, let isCutOff):
                let json = search.empty(step, isCutOff: isCutOff).json
                return isKnown ? .series(json) : .nothing(json, reason: text)
            }
        }
    }
}

extension SeriesSearch.Words {
    fileprivate static var parameters: Self { Self(route: "'route'", raw: "'step=raw'") }
}

extension SeriesSearch.Bounds {
    fileprivate static var api: Self {
        Self(
            periodsMax: Limits.apiSeriesPeriodsMax, eventsMax: Limits.apiSeriesRawEventsMax,
            readingsMax: Limits.apiSeriesReadingsMax)
    }
}
