extension Interval {
    /// Reads `1h30m`, `-1.5s`, `10ms`, `0`: decimal numbers, each with a unit of h, m, s, ms, us
    /// (or µs) or ns, and a sign before all; nil for other texts and beyond the range.
    public init?(_ text: String) {
        var reader = IntervalReader(rest: Array(text.utf8)[...])
        guard let value = reader.read() else { return nil }
        nanoseconds = value
    }
}

/// The grammar of Go's durations, which CEL took over.
private struct IntervalReader {
    var rest: ArraySlice<UInt8>

    mutating func read() -> Int64? {
        let isNegative = accept("-")
        if !isNegative { _ = accept("+") }
        if rest.elementsEqual("0".utf8) { return 0 }
        guard !rest.isEmpty else { return nil }
        // Negative sums reach one further than positive ones.
        var total: Int64 = 0
        while !rest.isEmpty {
            guard let part = part() else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { return nil }
            total = sum
        }
        if isNegative { return total }
        return total == .min ? nil : -total
    }

    /// One number with its unit in nanoseconds, negated.
    private mutating func part() -> Int64? {
        let whole = digits()
        var fraction: ArraySlice<UInt8> = []
        if accept(".") { fraction = digits() }
        guard !whole.isEmpty || !fraction.isEmpty, let unit = unit() else { return nil }
        var value: Int64 = 0
        for digit in whole {
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.subtractingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        let (scaled, overflow) = value.multipliedReportingOverflow(by: unit)
        let (sum, carry) = scaled.subtractingReportingOverflow(Self.scale(fraction, to: unit))
        return overflow || carry ? nil : sum
    }

    /// Decimals of the unit; below a nanosecond they are cut off.
    private static func scale(_ fraction: ArraySlice<UInt8>, to unit: Int64) -> Int64 {
        var value: Int64 = 0
        var scale: Int64 = 1
        for digit in fraction.prefix(15) {
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
            scale *= 10
        }
        let (high, low) = value.multipliedFullWidth(by: unit)
        return scale.dividingFullWidth((high, low)).quotient
    }

    private mutating func digits() -> ArraySlice<UInt8> {
        let digits = rest.prefix { $0.isDigit }
        rest = rest.dropFirst(digits.count)
        return digits
    }

    private mutating func unit() -> Int64? {
        if accept("ns") { return 1 }
        if accept("us") || accept("µs") || accept("μs") { return 1_000 }
        if accept("ms") { return 1_000_000 }
        if accept("s") { return 1_000_000_000 }
        if accept("m") { return 60_000_000_000 }
        if accept("h") { return 3_600_000_000_000 }
        return nil
    }

    private mutating func accept(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }
}
