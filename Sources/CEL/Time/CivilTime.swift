/// A date and a time of day of the proleptic Gregorian calendar, as a wall shows them.
struct CivilTime: Equatable {
    var year: Int64
    /// 1...12.
    var month: Int64
    /// 1...31.
    var day: Int64
    var hour: Int64
    var minute: Int64
    var second: Int64

    /// The civil time of seconds since the epoch (of the zone's own clock, not of UTC).
    init(localSeconds: Int64) {
        let (days, time) = localSeconds.flooredQuotientAndRemainder(86_400)
        (year, month, day) = Self.date(ofDay: days)
        hour = time / 3_600
        minute = time / 60 % 60
        second = time % 60
    }

    /// 0 is Sunday.
    var dayOfWeek: Int64 {
        (Self.days(year: year, month: month, day: day) + 4).flooredQuotientAndRemainder(7).remainder
    }

    /// From 0.
    var dayOfYear: Int64 {
        Self.days(year: year, month: month, day: day) - Self.days(year: year, month: 1, day: 1)
    }

    /// Days since the epoch; years begin in March here, so that leap days come last.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.flooredQuotientAndRemainder(400)
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    static func date(ofDay days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).flooredQuotientAndRemainder(146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let day = dayOfYear - (153 * shifted + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    static func isLeap(_ year: Int64) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    static func daysInMonth(_ month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
