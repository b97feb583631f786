import ArgumentParser
import Core
import Glibc
import Proof
import Store

/// `jameyctl memory series`
struct MemorySeriesCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "series",
        abstract: "Draws what a device's numbers came to over time, or writes them as CSV.",
        discussion: """
            Every point has count, least, greatest, mean, last and standard deviation of a minute, \
            an hour or a day; raw, of one reading of the log. Without --resolution, up to 6 hours \
            are drawn by the minute, up to 15 days by the hour, more by the day; of a time of \
            which only coarser ones are kept, by those. The minute that is not over yet comes \
            from the log. A field inside an object is named by its path, motor.temp; times are \
            UTC. Exits with 1 when there is nothing to show. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @Argument(help: "The device, as its route names it.")
    var entity: String

    @Argument(help: "The number in its messages: temp, motor.temp; value where it is all of them.")
    var field: String

    @Option(help: "From then on: 2h, 1h30m, 7d, or 2026-03-01T12:00:00Z.")
    var since = "2h"

    @Option(help: "Before then; without, until now.")
    var until: String?

    @Option(help: "The route, where several have the field.")
    var route: String?

    @Option(help: "raw, 1m, 1h or 1d.")
    var resolution: Series.Grain?

    @Flag(help: "As CSV, a line for each point.")
    var csv = false

    @Flag(help: "One JSON object per line.")
    var json = false

    func validate() throws {
        if csv, json { throw ValidationError("--csv or --json, not both") }
        let (since, until) = try span(now: SystemTime().now())
        if since >= until { throw ValidationError("--since must be before --until") }
    }

    /// - Throws: only where `validate` has thrown already.
    private func span(
        now: Timestamp
    ) throws(ValidationError) -> (since: Timestamp, until: Timestamp) {
        var end = now
        if let until { end = try Since(until, now: now, option: "--until").time }
        return (try Since(since, now: now).time, end)
    }

    func perform() throws(Ending) {
        let span: (since: Timestamp, until: Timestamp)
        do throws(ValidationError) {
            span = try self.span(now: SystemTime().now())
        } catch { throw .failure(Exit.data, error.message) }
        let told = try series(at: try place.resolve(), since: span.since, until: span.until)
        var output = LineOutput()
        if csv {
            try output.line(Series.header)
            for line in told.csv { try output.line(line) }
        } else if json {
            for line in told.lines { try output.line(line) }
        } else {
            for line in Self.drawing(of: told.series, columns: output.columns ?? 80) {
                try output.line(line)
            }
        }
        try output.flush()
        if let notice = told.notice { StandardError.write("jameyctl: " + notice) }
    }

    private func series(
        at place: Place, since: Timestamp, until: Timestamp
    ) throws(Ending) -> ToldSeries {
        switch place {
        case .file(let store):
            var search = SeriesSearch(
                reader: try store.open(), entity: entity, field: field, route: route,
                since: since, until: until)
            search.isOpenEnded = self.until == nil
            do throws(SeriesError) {
                return ToldSeries(try search.series(resolution), by: search)
            } catch { throw Ending(error, of: search) }
        case .daemon(let daemon):
            let query: DaemonQuery = [
                ("entity", entity), ("field", field), ("route", route),
                ("since", since.rfc3339(.microseconds)),
                ("until", self.until == nil ? nil : until.rfc3339(.microseconds)),
                ("step", resolution?.rawValue),
            ]
            return try ToldSeries(
                daemon.get("/memory/series", query: query), since: since, until: until)
        }
    }

    private static let plotRows = 15

    private static func drawing(of series: Series, columns: Int) -> [String] {
        let plot = SeriesPlot(
            series: series, columns: columns, rows: plotRows,
            style: speaksUTF8 ? .unicode : .ascii)
        let total = series.total
        func text(_ value: Double) -> String {
            SeriesPlot.text(value, in: max(abs(value), total.maximum - total.minimum) / 100)
        }
        let origin = [series.route, series.grain.rawValue].compactMap { $0 }
        let head = "\(series.entity) \(series.field) (\(origin.joined(separator: ", ")))"
        let numbers = [
            "count \(total.count)", "min \(text(total.minimum))", "mean \(text(total.mean))",
            "max \(text(total.maximum))", "last \(text(total.last))",
            "stddev \(text(total.deviation))",
        ]
        return [head.printable] + plot.lines + [numbers.joined(separator: "  ")]
    }

    /// By the first of the variables of locale(7) that says something.
    private static var speaksUTF8: Bool {
        for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
            guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else {
                continue
            }
            let lowered = value.lowercased()
            return lowered.contains("utf-8") || lowered.contains("utf8")
        }
        return false
    }
}

extension Series.Grain: ExpressibleByArgument {}

extension SeriesSearch.Words {
    static var options: Self { Self(route: "--route", raw: "--resolution raw") }
}

extension Ending {
    init(_ error: SeriesError, of search: SeriesSearch) {
        // Fields are named by devices: one must not look like a further line.
        let text = search.text(of: error, .options).printable
        switch error {
        case .store(let cause): self.init(cause)
        case .severalRoutes, .tooFine: self = .failure(Exit.data, text)
        case .noField, .noNumbers: self = .failure(Exit.noValue, text)
        }
    }
}
