import Core

/// A `google.protobuf.Timestamp`: nanoseconds, from year 1 to the end of year 9999, in UTC.
public struct Instant: Hashable, Sendable {
    /// Since the Unix epoch, rounded down: `secondsRange`.
    public let seconds: Int64
    /// 0...999,999,999 after `seconds`.
    public let nanoseconds: Int32

    /// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
    public static let secondsRange: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// nil when it is out of range.
    public init?(seconds: Int64, nanoseconds: Int32 = 0) {
        guard Self.secondsRange.contains(seconds), 0..<1_000_000_000 ~= nanoseconds else {
            return nil
        }
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// nil when it is out of range.
    public init?(_ timestamp: Timestamp) {
        let (seconds, micros) = timestamp.microseconds.flooredQuotientAndRemainder(1_000_000)
        self.init(seconds: seconds, nanoseconds: Int32(micros) * 1_000)
    }

    /// nil when the result is out of range.
    func adding(_ interval: Interval) -> Instant? {
        let (seconds, rest) = interval.nanoseconds.flooredQuotientAndRemainder(1_000_000_000)
        let nanos = Int64(nanoseconds) + rest
        return Instant(
            seconds: self.seconds + seconds + nanos / 1_000_000_000,
            nanoseconds: Int32(nanos % 1_000_000_000))
    }

    /// nil when the result is out of range.
    func subtracting(_ interval: Interval) -> Instant? {
        let (seconds, rest) = interval.nanoseconds.flooredQuotientAndRemainder(1_000_000_000)
        let nanos = Int64(nanoseconds) - rest
        return Instant(
            seconds: self.seconds - seconds - (nanos < 0 ? 1 : 0),
            nanoseconds: Int32(nanos < 0 ? nanos + 1_000_000_000 : nanos))
    }

    /// nil when the difference is beyond an interval's range.
    static func difference(_ a: Instant, _ b: Instant) -> Interval? {
        let seconds = a.seconds - b.seconds
        let nanos = Int64(a.nanoseconds - b.nanoseconds)
        // Both parts with one sign, so that the least interval does not overflow on its way.
        let whole = seconds < 0 && nanos > 0 ? seconds + 1 : seconds
        let rest = seconds < 0 && nanos > 0 ? nanos - 1_000_000_000 : nanos
        let (scaled, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = scaled.addingReportingOverflow(rest)
        return overflow || carry ? nil : Interval(nanoseconds: sum)
    }
}

extension Instant: Comparable {
    public static func < (a: Instant, b: Instant) -> Bool {
        (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds)
    }
}

extension Int64 {
    /// The quotient rounded down and a remainder that is not negative.
    ///
    /// - Precondition: `divisor` is positive.
    func flooredQuotientAndRemainder(_ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
