import Core

/// A `google.protobuf.Duration` in CEL's range: whole nanoseconds in 64 bits, about ±292 years.
///
/// The conformance suite's range errors (the difference of the years 1 and 9999 among them) fix
/// this range; arithmetic beyond it is an error, never a wrap.
public struct Interval: Hashable, Comparable, Sendable {
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// nil when it is out of range; a fraction of a nanosecond is cut off.
    public init?(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard !overflow, !carry else { return nil }
        nanoseconds = sum
    }

    public static func < (a: Interval, b: Interval) -> Bool { a.nanoseconds < b.nanoseconds }

    /// nil on overflow.
    static func sum(_ a: Interval, _ b: Interval) -> Interval? {
        let (sum, overflow) = a.nanoseconds.addingReportingOverflow(b.nanoseconds)
        return overflow ? nil : Interval(nanoseconds: sum)
    }

    /// nil on overflow.
    static func difference(_ a: Interval, _ b: Interval) -> Interval? {
        let (difference, overflow) = a.nanoseconds.subtractingReportingOverflow(b.nanoseconds)
        return overflow ? nil : Interval(nanoseconds: difference)
    }
}

extension Interval: CustomStringConvertible {
    /// Seconds with as many decimals as it takes: `1.5s`, `-0.000000001s`.
    public var description: String {
        let (seconds, fraction) = nanoseconds.magnitude.quotientAndRemainder(
            dividingBy: 1_000_000_000)
        let sign = nanoseconds < 0 ? "-" : ""
        return "\(sign)\(seconds)\(Decimals.text(Int32(fraction)))s"
    }
}

/// Fractions of a second in text.
enum Decimals {
    /// `.5` for 500,000,000; nothing for 0.
    static func text(_ nanoseconds: Int32) -> String {
        guard nanoseconds > 0 else { return "" }
        var digits = String(nanoseconds)
        digits = String(repeating: "0", count: 9 - digits.utf8.count) + digits
        while digits.utf8.last == UInt8(ascii: "0") { digits.removeLast() }
        return "." + digits
    }
}
