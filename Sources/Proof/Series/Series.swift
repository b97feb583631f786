import Core

/// One field of one entity over a span of time.
public struct Series: Equatable, Sendable {
    public struct Point: Equatable, Sendable {
        /// When its time begins.
        public var at: Timestamp
        public var summary: Summary

        public init(at: Timestamp, summary: Summary) {
            self.at = at
            self.summary = summary
        }
    }

    /// How fine it is.
    public enum Grain: String, CaseIterable, Sendable {
        /// Every reading by itself.
        case raw
        case minute = "1m"
        case hour = "1h"
        case day = "1d"

        public var resolution: Resolution? { Resolution(rawValue: rawValue) }

        /// Those that are coarser, the finest first.
        var coarser: ArraySlice<Grain> {
            Self.allCases.drop { $0 != self }.dropFirst()
        }

        /// The coarsest that has a few hundred points at most in a span.
        public init(for span: Duration) {
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

    public var entity: String
    public var field: String
    /// nil where there are no points and none was asked for.
    public var route: String?
    public var grain: Grain
    public var since: Timestamp
    public var until: Timestamp
    /// In the order of time.
    public var points: [Point] = []
    /// Readings of the minute that is open may be missing.
    public var isCutOff = false
    /// Where there are no points, the numbers that the entity has in that time.
    public var fieldsInstead: [String] = []

    public init(
        entity: String, field: String, route: String?, grain: Grain, since: Timestamp,
        until: Timestamp, points: [Point] = [], isCutOff: Bool = false,
        fieldsInstead: [String] = []
    ) {
        self.entity = entity
        self.field = field
        self.route = route
        self.grain = grain
        self.since = since
        self.until = until
        self.points = points
        self.isCutOff = isCutOff
        self.fieldsInstead = fieldsInstead
    }

    public var total: Summary {
        points.reduce(into: Summary()) { $0.merge($1.summary) }
    }
}
