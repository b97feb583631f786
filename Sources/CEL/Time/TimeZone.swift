/// How far a zone's clocks are from UTC.
enum TimeZone: Sendable {
    /// Seconds east of UTC, at all times.
    case fixed(Int64)
    case table(ZoneTable)

    /// Seconds east of UTC at a moment.
    func offset(at seconds: Int64) -> Int64 {
        switch self {
        case .fixed(let offset): offset
        case .table(let table): table.offset(at: seconds)
        }
    }

    /// `UTC`, `Z`, `+01:00`, `-09:30` or `02:00`; nil for other texts, which may be names.
    init?(fixed text: String) {
        if text == "UTC" || text == "Z" || text.isEmpty {
            self = .fixed(0)
            return
        }
        var bytes = Array(text.utf8)
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"),
            bytes[0].isDigit, bytes[1].isDigit, bytes[3].isDigit, bytes[4].isDigit
        else { return nil }
        let digits = bytes.map { Int64($0) - Int64(UInt8(ascii: "0")) }
        let hours = digits[0] * 10 + digits[1]
        let minutes = digits[3] * 10 + digits[4]
        guard hours < 24, minutes < 60 else { return nil }
        self = .fixed((isNegative ? -1 : 1) * (hours * 3_600 + minutes * 60))
    }
}
