import Core
import Testing

@Suite("Timestamps")
struct TimestampTests {
    @Test(
        "a time is written in UTC with milliseconds, or microseconds",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000000Z"),
            (1_772_366_400_123_456, "2026-03-01T12:00:00.123Z", "2026-03-01T12:00:00.123456Z"),
            (-1, "1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000Z", "2000-02-29T00:00:00.000000Z"),
            (1_772_366_709_070_809, "2026-03-01T12:05:09.070Z", "2026-03-01T12:05:09.070809Z"),
            (.max, "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999999Z"),
            (.min, "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000000Z"),
        ] as [(Int64, String, String)])
    func writing(_ microseconds: Int64, _ millisecondText: String, _ text: String) {
        let time = Timestamp(microseconds: microseconds)
        #expect(time.rfc3339() == millisecondText)
        #expect(time.rfc3339(.microseconds) == text)
    }

    @Test(
        "offsets, fractions and leap seconds are read",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01t00:00:00z", 0),
            ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T18:30:00-05:30", 0),
            ("1970-01-01T00:00:00-00:00", 0), ("1970-01-01T00:00:00.1Z", 100_000),
            ("1970-01-01T00:00:00.123456789Z", 123_456), ("1969-12-31T23:59:60Z", 0),
            ("1970-01-01T00:59:60.5+01:00", 500_000),
            ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
        ] as [(String, Int64)])
    func reading(_ text: String, _ microseconds: Int64) throws {
        #expect(try Timestamp(rfc3339: text).microseconds == microseconds)
    }

    @Test(
        "a text of another form is malformed",
        arguments: [
            "", "1970", "1970-01-01", "1970-01-01T00:00Z", "1970-01-01 00:00:00Z",
            "1970-01-01T00:00:00", "1970-01-01T00:00:00.Z", "1970-1-01T00:00:00Z",
            "+970-01-01T00:00:00Z", "1970-01-01T00:00:00Zx", "1970-01-01T00:00:00+0100",
            "1970-01-01T00:00:00+01", "1970/01/01T00:00:00Z", "１970-01-01T00:00:00Z",
            "1970-01-01T00-00-00Z", "1970-01-01T00:00:00,5Z", "1970-01-01T00:00:00*01:00",
        ])
    func malformed(_ text: String) {
        #expect(throws: TimestampError.malformed) { try Timestamp(rfc3339: text) }
    }

    @Test(
        "a moment that does not exist is out of range",
        arguments: [
            "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z", "1970-01-32T00:00:00Z",
            "1970-01-00T00:00:00Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
            "1970-04-31T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z",
            "1970-01-01T00:00:61Z", "1970-01-01T12:59:60Z", "1970-01-01T00:00:00+24:00",
            "1970-01-01T00:00:00+00:60", "0000-12-31T00:00:00Z", "0001-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
        ])
    func outOfRange(_ text: String) {
        #expect(throws: TimestampError.outOfRange) { try Timestamp(rfc3339: text) }
        #expect(TimestampError.outOfRange.description != TimestampError.malformed.description)
    }

    @Test("every time that is written is read again")
    func roundTrip() throws {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        let range = Timestamp.earliest.microseconds...Timestamp.latest.microseconds
        for _ in 0..<5_000 {
            let time = Timestamp(microseconds: Int64.random(in: range, using: &random))
            let text = time.rfc3339(.microseconds)
            #expect(try Timestamp(rfc3339: text) == time, "\(text) seed \(seed)")
        }
    }

    @Test("the calendar agrees with itself over four centuries and its ends")
    func calendar() {
        var last = CivilDate(daysSinceEpoch: -150_000)
        for days in -149_999...150_000 {
            let date = CivilDate(daysSinceEpoch: days)
            if date.daysSinceEpoch != days { Issue.record("day \(days)") }
            let follows =
                date.day == last.day + 1 && date.month == last.month
                || date.day == 1 && last.day == CivilDate.days(inMonth: last.month, of: last.year)
            if !follows { Issue.record("\(date) after \(last)") }
            last = date
        }
        #expect(CivilDate(year: 2026, month: 3, day: 1)?.daysSinceEpoch == 20_513)
        #expect(
            CivilDate(year: -1, month: 2, day: 28).map {
                CivilDate(daysSinceEpoch: $0.daysSinceEpoch)
            }
                == CivilDate(year: -1, month: 2, day: 28))
    }

    @Test("sums and differences stay at the ends of the range")
    func saturation() {
        let last = Timestamp(microseconds: .max)
        let first = Timestamp(microseconds: .min)
        #expect(last + .seconds(1) == last)
        #expect(first + .seconds(-1) == first)
        #expect(Timestamp(microseconds: 5) + .microseconds(-7) == Timestamp(microseconds: -2))
        #expect((last - first).microseconds == .max)
        #expect((first - last).microseconds == .min)
        #expect((last - last) == .zero)
        #expect(Duration(secondsComponent: .max, attosecondsComponent: 0).microseconds == .max)
        #expect(Duration(secondsComponent: .min, attosecondsComponent: 0).microseconds == .min)
        #expect(Duration.nanoseconds(1_999).microseconds == 1)
        let edge = Duration(
            secondsComponent: Int64.max / 1_000_000, attosecondsComponent: 999_999_000_000_000_000)
        #expect(edge.microseconds == .max)
    }

    @Test("monotonic time saturates and differs")
    func monotonic() {
        let start = MonotonicTime(microseconds: 10)
        #expect(start + .microseconds(5) > start)
        #expect((start + .microseconds(5)) - start == .microseconds(5))
        #expect(
            MonotonicTime(microseconds: .max) + .seconds(1) == MonotonicTime(microseconds: .max))
        let clock = SystemTime()
        #expect(clock.monotonic() <= clock.monotonic())
        #expect(clock.now() > Timestamp(microseconds: 1_700_000_000_000_000))
    }
}
