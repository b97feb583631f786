/// The rule for times after a zone's table: `CET-1CEST,M3.5.0,M10.5.0/3`
/// (POSIX.1, "Environment Variables", TZ, with RFC 8536's hours up to ±167).
struct ZoneRule: Sendable {
    private var standard: Int64 = 0
    private var summer: Summer?

    private struct Summer {
        var offset: Int64
        var start: Change
        var end: Change
    }

    private struct Change {
        enum Day {
            /// `Jn`: 1...365, 29 February never counted.
            case julian(Int64)
            /// `n`: 0...365.
            case dayOfYear(Int64)
            /// `Mm.w.d`: the w-th weekday d of a month, 5 the last.
            case weekday(month: Int64, week: Int64, day: Int64)
        }

        var day: Day
        /// Seconds after the day's midnight, on the clock before the change.
        var time: Int64

        /// Seconds since the epoch on that clock.
        func seconds(in year: Int64) -> Int64 {
            let newYear = CivilTime.days(year: year, month: 1, day: 1)
            switch day {
            case .julian(let day):
                let leap: Int64 = CivilTime.isLeap(year) && day >= 60 ? 1 : 0
                return (newYear + day - 1 + leap) * 86_400 + time
            case .dayOfYear(let day): return (newYear + day) * 86_400 + time
            case .weekday(let month, let week, let weekday):
                let first = CivilTime.days(year: year, month: month, day: 1)
                let firstWeekday = (first + 4).flooredQuotientAndRemainder(7).remainder
                var day = (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
                if day >= CivilTime.daysInMonth(month, of: year) { day -= 7 }
                return (first + day) * 86_400 + time
            }
        }
    }

    /// nil when the text is not such a rule.
    init?(_ text: [UInt8]) {
        var reader = Reader(rest: text[...])
        guard reader.name(), let west = reader.time() else { return nil }
        standard = -west
        if reader.rest.isEmpty { return }
        guard reader.name() else { return nil }
        var offset = standard + 3_600
        if reader.rest.first != UInt8(ascii: ",") {
            guard let west = reader.time() else { return nil }
            offset = -west
        }
        guard let start = reader.change(), let end = reader.change(), reader.rest.isEmpty else {
            return nil
        }
        summer = Summer(offset: offset, start: start, end: end)
    }

    /// Seconds east of UTC.
    func offset(at seconds: Int64) -> Int64 {
        guard let summer else { return standard }
        let year = CivilTime(localSeconds: seconds + standard).year
        let start = summer.start.seconds(in: year) - standard
        let end = summer.end.seconds(in: year) - summer.offset
        let isSummer =
            start <= end ? start <= seconds && seconds < end : seconds >= start || seconds < end
        return isSummer ? summer.offset : standard
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        /// `CET` or `<+0545>`.
        mutating func name() -> Bool {
            if accept("<") {
                guard let close = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
                rest = rest[(close + 1)...]
                return true
            }
            let letters = rest.prefix { $0.isIdentifierStart }
            rest = rest.dropFirst(letters.count)
            return letters.count >= 3
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time() -> Int64? {
            let isNegative = accept("-")
            if !isNegative { _ = accept("+") }
            guard var value = number(upTo: 167) else { return nil }
            value *= 3_600
            for unit: Int64 in [60, 1] {
                guard accept(":") else { break }
                guard let part = number(upTo: 59) else { return nil }
                value += part * unit
            }
            return isNegative ? -value : value
        }

        /// `,M3.2.0/2`, `,J60` or `,59`.
        mutating func change() -> Change? {
            guard accept(","), let day = day() else { return nil }
            guard accept("/") else { return Change(day: day, time: 7_200) }
            return time().map { Change(day: day, time: $0) }
        }

        private mutating func day() -> Change.Day? {
            if accept("J") { return number(upTo: 365).map(Change.Day.julian) }
            guard accept("M") else { return number(upTo: 365).map(Change.Day.dayOfYear) }
            guard let month = number(upTo: 12), month > 0, accept("."),
                let week = number(upTo: 5), week > 0, accept("."), let day = number(upTo: 6)
            else { return nil }
            return .weekday(month: month, week: week, day: day)
        }

        private mutating func number(upTo bound: Int64) -> Int64? {
            let digits = rest.prefix { $0.isDigit }
            guard 1...3 ~= digits.count else { return nil }
            rest = rest.dropFirst(digits.count)
            let value = digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
            return value <= bound ? value : nil
        }

        private mutating func accept(_ text: String) -> Bool {
            guard rest.starts(with: text.utf8) else { return false }
            rest = rest.dropFirst(text.utf8.count)
            return true
        }
    }
}
