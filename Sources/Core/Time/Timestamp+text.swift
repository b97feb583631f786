/// Why a text is no time (RFC 3339). Always an error of whoever wrote it: say so to them.
public enum TimestampError: Error, Equatable, Sendable {
    /// Not of the form `2026-03-01T12:00:00.000Z`.
    case malformed
    /// Of the form, but the calendar or the clock has no such moment, or its year is not 1...9999.
    case outOfRange
}

extension TimestampError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed: "a time is written like 2026-03-01T12:00:00Z or 2026-03-01T13:00:00+01:00"
        case .outOfRange: "there is no such date or time of day"
        }
    }
}

extension Timestamp {
    /// 0001-01-01T00:00:00Z, the first that has a text.
    public static let earliest = Timestamp(microseconds: -62_135_596_800_000_000)
    /// 9999-12-31T23:59:59.999999Z, the last that has a text.
    public static let latest = Timestamp(microseconds: 253_402_300_799_999_999)

    /// What follows the seconds.
    public enum Precision: Int, Sendable {
        case milliseconds = 3
        case microseconds = 6
    }

    /// RFC 3339 in UTC: `2026-03-01T12:00:00.000Z`, cut off (not rounded) to the precision.
    ///
    /// What lies beyond `earliest` and `latest` is written as they are.
    public func rfc3339(_ precision: Precision = .milliseconds) -> String {
        String(bytesMax: Self.rfc3339BytesMax) { write(precision, to: &$0) }
    }

    /// The bytes of `2026-03-01T12:00:00.000000Z`.
    static let rfc3339BytesMax = 27

    /// The same into memory that has room for it.
    func write(_ precision: Precision, to output: inout OutputSpan<UInt8>) {
        let clamped = min(max(self, .earliest), .latest)
        let (day, time) = Self.floorDivide(clamped.microseconds, 86_400_000_000)
        let date = CivilDate(daysSinceEpoch: Int(day))
        let (second, fraction) = Int(time).quotientAndRemainder(dividingBy: 1_000_000)
        output.append(twoDigits: date.year / 100)
        output.append(twoDigits: date.year % 100)
        output.append(UInt8(ascii: "-"))
        output.append(twoDigits: date.month)
        output.append(UInt8(ascii: "-"))
        output.append(twoDigits: date.day)
        output.append(UInt8(ascii: "T"))
        output.append(twoDigits: second / 3600)
        output.append(UInt8(ascii: ":"))
        output.append(twoDigits: second / 60 % 60)
        output.append(UInt8(ascii: ":"))
        output.append(twoDigits: second % 60)
        output.append(UInt8(ascii: "."))
        output.append(twoDigits: fraction / 10_000)
        let rest = fraction % 10_000
        switch precision {
        case .milliseconds: output.append(UInt8(ascii: "0") + UInt8(rest / 1_000))
        case .microseconds:
            output.append(twoDigits: rest / 100)
            output.append(twoDigits: rest % 100)
        }
        output.append(UInt8(ascii: "Z"))
    }

    /// Reads RFC 3339 with any offset; digits beyond microseconds are cut off.
    ///
    /// A leap second (`23:59:60` in UTC) is the second after it.
    /// - Throws: `.malformed`, `.outOfRange`.
    public init(rfc3339 text: String) throws(TimestampError) {
        var reader = DigitReader(text)
        let year = try reader.number(4)
        try reader.expect("-")
        let month = try reader.number(2)
        try reader.expect("-")
        let day = try reader.number(2)
        try reader.expect("T", or: "t")
        let hour = try reader.number(2)
        try reader.expect(":")
        let minute = try reader.number(2)
        try reader.expect(":")
        let second = try reader.number(2)
        let fraction = try reader.fraction()
        let offset = try reader.offset()
        guard reader.isAtEnd else { throw .malformed }
        guard year >= 1, let date = CivilDate(year: year, month: month, day: day),
            hour < 24, minute < 60, second <= 60
        else { throw .outOfRange }
        let seconds = date.daysSinceEpoch * 86_400 + hour * 3_600 + minute * 60 + second - offset
        if second == 60, seconds % 86_400 != 0 { throw .outOfRange }
        self.init(microseconds: Int64(seconds) * 1_000_000 + Int64(fraction))
        guard self >= .earliest, self <= .latest else { throw .outOfRange }
    }

    private static func floorDivide(_ a: Int64, _ b: Int64) -> (quotient: Int64, rest: Int64) {
        let (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
        return rest < 0 ? (quotient - 1, rest + b) : (quotient, rest)
    }
}

/// Reads the fields of a time in their order.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func expect(
        _ character: Unicode.Scalar, or other: Unicode.Scalar? = nil
    ) throws(TimestampError) {
        guard let byte = rest.popFirst(),
            Unicode.Scalar(byte) == character || Unicode.Scalar(byte) == other
        else { throw .malformed }
    }

    private mutating func digit() -> Int? {
        guard let byte = rest.first, 0x30...0x39 ~= byte else { return nil }
        rest.removeFirst()
        return Int(byte - 0x30)
    }

    mutating func number(_ width: Int) throws(TimestampError) -> Int {
        var value = 0
        for _ in 0..<width {
            guard let digit = digit() else { throw .malformed }
            value = value * 10 + digit
        }
        return value
    }

    /// Microseconds after the point, 0 where there is none.
    mutating func fraction() throws(TimestampError) -> Int {
        guard rest.first == UInt8(ascii: ".") else { return 0 }
        rest.removeFirst()
        var value = 0
        var unit = 100_000
        guard rest.first.map({ 0x30...0x39 ~= $0 }) == true else { throw .malformed }
        while let digit = digit() {
            value += digit * unit
            unit /= 10
        }
        return value
    }

    /// Seconds east of UTC.
    mutating func offset() throws(TimestampError) -> Int {
        guard let sign = rest.popFirst() else { throw .malformed }
        if sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") { return 0 }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { throw .malformed }
        let hours = try number(2)
        try expect(":")
        let minutes = try number(2)
        guard hours < 24, minutes < 60 else { throw .outOfRange }
        let seconds = hours * 3_600 + minutes * 60
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }
}
