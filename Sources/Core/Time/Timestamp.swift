/// A moment in UTC, in whole microseconds since 1970-01-01T00:00:00Z.
///
/// The one notion of time of events, timers and the log (see "Determinism" in the architecture).
public struct Timestamp: Hashable, Comparable, Sendable, Codable {
    /// Microseconds since the Unix epoch; negative before it.
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.microseconds < b.microseconds }

    /// Saturating: a time beyond the range stays at its end.
    public static func + (a: Timestamp, b: Duration) -> Timestamp {
        let (sum, overflow) = a.microseconds.addingReportingOverflow(b.microseconds)
        if overflow { return Timestamp(microseconds: b.microseconds > 0 ? .max : .min) }
        return Timestamp(microseconds: sum)
    }

    /// Saturating: a difference beyond the range stays at its end.
    public static func - (a: Timestamp, b: Timestamp) -> Duration {
        let (difference, overflow) = a.microseconds.subtractingReportingOverflow(b.microseconds)
        if overflow { return .microseconds(a > b ? Int64.max : Int64.min) }
        return .microseconds(difference)
    }
}

extension Duration {
    /// Whole microseconds, truncated towards zero and saturating.
    public var microseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        if overflow { return seconds > 0 ? .max : .min }
        let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return carry ? (seconds > 0 ? .max : .min) : sum
    }
}
