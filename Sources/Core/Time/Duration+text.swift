extension Duration {
    /// Falling, in microseconds. `w` is read but not written: people say 14d.
    private static let units: [(name: String, microseconds: Int64)] = [
        ("w", 604_800_000_000), ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000),
        ("s", 1_000_000), ("ms", 1_000), ("us", 1),
    ]

    /// Reads `100ms`, `30s`, `5m`, `24h`, `7d`, `2w`, `1h30m`: whole numbers, units falling.
    ///
    /// - Throws: `.malformed`, `.unknownUnit`, `.unordered`, `.outOfRange` (above 292,000 years).
    public init(text: String) throws(QuantityError) {
        if text.isEmpty { throw .malformed(text) }
        var total: Int64 = 0
        var next = 0
        var rest = text[...].utf8
        while !rest.isEmpty {
            let digits = rest.prefix { 0x30...0x39 ~= $0 }
            rest = rest[digits.endIndex...]
            let letters = rest.prefix { !(0x30...0x39 ~= $0) }
            rest = rest[letters.endIndex...]
            let unit = String(Substring(letters))
            if digits.isEmpty || unit.isEmpty { throw .malformed(text) }
            guard let index = Self.units.firstIndex(where: { $0.name == unit }) else {
                throw .unknownUnit(unit, known: Self.units.map(\.name))
            }
            if index < next { throw .unordered(text) }
            next = index + 1
            guard let number = Int64(Substring(digits)) else { throw .outOfRange(text) }
            let (part, overflow) = number.multipliedReportingOverflow(
                by: Self.units[index].microseconds)
            let (sum, carry) = total.addingReportingOverflow(part)
            if overflow || carry { throw .outOfRange(text) }
            total = sum
        }
        self = .microseconds(total)
    }

    /// `5m`, `1m30s`, `0s`: what `init(text:)` reads as the same duration, to the microsecond.
    ///
    /// A negative one gets a minus sign and is not read back.
    public var text: String {
        var rest = microseconds.magnitude
        if rest == 0 { return "0s" }
        var text = microseconds < 0 ? "-" : ""
        for unit in Self.units.dropFirst() {
            let (count, remainder) = rest.quotientAndRemainder(
                dividingBy: unit.microseconds.magnitude)
            if count > 0 { text += "\(count)\(unit.name)" }
            rest = remainder
        }
        return text
    }
}
