import Core

/// One field of one entity over a span of time.
struct Series: Equatable {
    struct Point: Equatable {
        /// When its time begins.
        var at: Timestamp
        var summary: Summary
    }

    /// How fine it is.
    enum Grain: String, CaseIterable {
        /// Every reading by itself.
        case raw
        case minute = "1m"
        case hour = "1h"
        case day = "1d"

        var resolution: Resolution? { Resolution(rawValue: rawValue) }

        /// Those that are coarser, the finest first.
        var coarser: ArraySlice<Grain> {
            Self.allCases.drop { $0 != self }.dropFirst()
        }

        /// The coarsest that has a few hundred points at most in a span.
        init(for span: Duration) {
            let microseconds = span.microseconds
            if microseconds <= 6 * Resolution.hour.microseconds {
                self = .minute
            } else if microseconds <= 15 * Resolution.day.microseconds {
                self = .hour
            } else {
                self = .day
            }
        }
    }

    var entity: String
    var field: String
    var route: String
    var grain: Grain
    var since: Timestamp
    var until: Timestamp
    /// In the order of time.
    var points: [Point] = []
    /// Readings of the minute that is open may be missing.
    var isCutOff = false

    var total: Summary {
        points.reduce(into: Summary()) { $0.merge($1.summary) }
    }

    // MARK: As text

    static let header = "time,count,min,max,mean,last,stddev"

    /// A line of CSV for each point (RFC 4180), times as RFC 3339.
    var csv: [String] {
        points.map { point in
            let summary = point.summary
            let numbers = [
                summary.minimum, summary.maximum, summary.mean, summary.last, summary.deviation,
            ]
            return "\(time(of: point)),\(summary.count),"
                + numbers.map { "\($0)" }.joined(separator: ",")
        }
    }

    /// A JSON object for each point.
    var json: [[UInt8]] {
        points.map { point in
            let summary = point.summary
            return JSONWriter.object { json in
                json.member("entity", entity)
                json.member("route", route)
                json.member("field", field)
                json.member("time", time(of: point))
                json.member("count", summary.count)
                json.member("min", summary.minimum)
                json.member("max", summary.maximum)
                json.member("mean", summary.mean)
                json.member("last", summary.last)
                json.member("stddev", summary.deviation)
            }
        }
    }

    private func time(of point: Point) -> String {
        point.at.rfc3339(grain == .raw ? .microseconds : .milliseconds)
    }
}
