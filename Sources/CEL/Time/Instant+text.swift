extension Instant: CustomStringConvertible {
    /// RFC 3339 in UTC with as many decimals as it takes: `2009-02-13T23:31:30.5Z`.
    public var description: String {
        let time = CivilTime(localSeconds: seconds)
        return Self.pad(time.year, 4) + "-" + Self.pad(time.month, 2) + "-"
            + Self.pad(time.day, 2) + "T" + Self.pad(time.hour, 2) + ":"
            + Self.pad(time.minute, 2) + ":" + Self.pad(time.second, 2)
            + Decimals.text(nanoseconds) + "Z"
    }

    private static func pad(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// Reads RFC 3339 (`2009-02-13T23:31:30.5+01:00`); decimals beyond nanoseconds are cut off.
    ///
    /// nil for other texts, for dates that do not exist, leap seconds and beyond the range.
    public init?(_ text: String) {
        var reader = InstantReader(rest: Array(text.utf8)[...])
        guard let (seconds, nanoseconds) = reader.read() else { return nil }
        self.init(seconds: seconds, nanoseconds: nanoseconds)
    }
}

/// The grammar of RFC 3339, section 5.6.
private struct InstantReader {
    var rest: ArraySlice<UInt8>

    mutating func read() -> (seconds: Int64, nanoseconds: Int32)? {
        guard let year = number(4), accept("-"), let month = number(2), accept("-"),
            let day = number(2), accept("T") || accept("t"), let hour = number(2), accept(":"),
            let minute = number(2), accept(":"), let second = number(2),
            1...12 ~= month, 1...CivilTime.daysInMonth(month, of: year) ~= day,
            hour < 24, minute < 60, second < 60,
            let nanoseconds = fraction(), let offset = offset(), rest.isEmpty
        else { return nil }
        let days = CivilTime.days(year: year, month: month, day: day)
        let local = days * 86_400 + hour * 3_600 + minute * 60 + second
        return (local - offset, nanoseconds)
    }

    private mutating func number(_ count: Int) -> Int64? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(\.isDigit) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    private mutating func fraction() -> Int32? {
        guard accept(".") else { return 0 }
        let digits = rest.prefix { $0.isDigit }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        var value: Int32 = 0
        for place in 0..<9 {
            let index = digits.startIndex + place
            value = value * 10
            if index < digits.endIndex { value += Int32(digits[index] - UInt8(ascii: "0")) }
        }
        return value
    }

    private mutating func offset() -> Int64? {
        if accept("Z") || accept("z") { return 0 }
        let isNegative = accept("-")
        guard isNegative || accept("+"), let hours = number(2), accept(":"),
            let minutes = number(2), hours < 24, minutes < 60
        else { return nil }
        return (isNegative ? -1 : 1) * (hours * 3_600 + minutes * 60)
    }

    private mutating func accept(_ text: String) -> Bool {
        guard rest.starts(with: text.utf8) else { return false }
        rest = rest.dropFirst(text.utf8.count)
        return true
    }
}
