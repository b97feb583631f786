import Core
import Proof

/// A series as it is drawn and written: of a store's file, or as the daemon tells it.
struct ToldSeries {
    let series: Series
    /// That readings may be missing; nil where none are.
    let notice: String?
    /// The points as the daemon has written them, of which every digit is kept; nil of a file's.
    private let pieces: [JSONPiece]?

    init(_ series: Series, by search: SeriesSearch) {
        self.series = series
        notice = series.isCutOff ? search.cutOffNotice(.options) : nil
        pieces = nil
    }

    /// - Throws: where it is something else than a series.
    init(_ answer: DaemonAnswer, since: Timestamp, until: Timestamp) throws(Ending) {
        let told = answer.piece
        guard let entity = told["entity"]?.string, let field = told["field"]?.string,
            let pieces = told["points"]?.elements,
            let grain = told["step"]?.string.flatMap({ Series.Grain(rawValue: $0) })
        else { throw DaemonAnswer.foreign }
        var points: [Series.Point] = []
        for piece in pieces {
            guard let point = piece.value.flatMap({ Series.Point($0) }) else {
                throw DaemonAnswer.foreign
            }
            points.append(point)
        }
        series = Series(
            entity: entity, field: field, route: told["route"]?.string, grain: grain, since: since,
            until: until, points: points)
        let isCutOff = told["cut_off"]?.bool == true
        notice =
            isCutOff
            ? SeriesSearch.cutOffNotice(.options, eventsMax: Limits.apiSeriesEventsMax) : nil
        self.pieces = pieces
        guard points.isEmpty else { return }
        let others = told["fields"]?.elements?.compactMap(\.string) ?? []
        throw Self.nothing(series, others, isCutOff: isCutOff)
    }

    /// An entity that is known and has no such number in that time, told of as from the file.
    private static func nothing(
        _ series: Series, _ others: [String], isCutOff: Bool
    ) -> Ending {
        let error: SeriesError =
            others.isEmpty
            ? .noNumbers(isKnown: true, known: [], isCutOff: isCutOff)
            : .noField(known: others, isCutOff: isCutOff)
        let text = SeriesSearch.text(
            of: error, instead: series, .options, eventsMax: Limits.apiSeriesEventsMax)
        // Fields are named by devices: one must not look like a further line.
        return .failure(Exit.noValue, text.printable)
    }

    /// A line for each point, under `Series.header`.
    var csv: [String] { pieces?.map(Self.row) ?? series.csv }

    /// A JSON object for each point.
    var lines: [[UInt8]] {
        guard let pieces else { return series.lines }
        let names = JSONWriter.object { json in
            json.member("entity", series.entity)
            json.member("route", ifPresent: series.route)
            json.member("field", series.field)
        }
        return pieces.map { piece in
            // One object of both: the braces between them give way to a comma.
            var line = Array(names.dropLast())
            line.append(UInt8(ascii: ","))
            line += piece.line.dropFirst()
            return line
        }
    }

    private static func row(_ piece: JSONPiece) -> String {
        let point = piece.value
        let numbers = ["min", "max", "mean", "last", "stddev"].map {
            "\(point?[$0]?.double ?? 0)"
        }
        let head = [point?["time"]?.string ?? "", "\(point?["count"]?.int ?? 0)"]
        return (head + numbers).joined(separator: ",")
    }
}

extension Series.Point {
    /// As the daemon tells it; nil of anything else.
    fileprivate init?(_ json: JSONValue) {
        // Sums of so many do not overflow, however many points there are.
        guard let at = json["time"]?.time, let count = json["count"]?.int,
            (0...(1 << 40)).contains(count),
            let minimum = json["min"]?.double, let maximum = json["max"]?.double,
            let mean = json["mean"]?.double, let last = json["last"]?.double,
            let deviation = json["stddev"]?.double
        else { return nil }
        self.init(
            at: at,
            summary: Summary(
                count: count, minimum: minimum, maximum: maximum, mean: mean,
                squares: deviation * deviation * Double(count), last: last))
    }
}
