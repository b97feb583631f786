@testable import CEL
import Core
import Testing

struct TimeTests {
    @Test(
        "durations are read and written",
        arguments: [
            ("1h30m", 5_400_000_000_000), ("-1.5s", -1_500_000_000), ("+2ms", 2_000_000),
            ("10us", 10_000),
            ("10µs", 10_000), ("1ns", 1), ("0", 0), ("-0", 0), (".5s", 500_000_000),
            ("1.s", 1_000_000_000),
            ("0.0000000019s", 1), ("9223372036854775807ns", Int64.max),
            ("-9223372036854775808ns", .min),
        ])
    func durations(_ text: String, _ nanoseconds: Int64) throws {
        let interval = try #require(Interval(text))
        #expect(interval.nanoseconds == nanoseconds)
        #expect(Interval(interval.description) == interval)
    }

    @Test(
        "texts that are no durations",
        arguments: [
            "", "-", "s", "1", ".s", "1x", "1s ", "1h-2m", "9223372036854775808ns", "3000000h",
            "1e3s",
        ])
    func noDurations(_ text: String) {
        #expect(Interval(text) == nil)
    }

    @Test(
        "timestamps are read and written",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
            ("0001-01-01T00:00:00Z", -62_135_596_800, "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59Z", 253_402_300_799, "9999-12-31T23:59:59Z"),
            ("2000-02-29T12:00:00+01:30", 951_820_200, "2000-02-29T10:30:00Z"),
            ("2009-02-13t23:31:30.000z", 1_234_567_890, "2009-02-13T23:31:30Z"),
            ("1900-03-01T00:00:00-00:00", -2_203_891_200, "1900-03-01T00:00:00Z"),
        ])
    func timestamps(_ text: String, _ seconds: Int64, _ written: String) throws {
        let instant = try #require(Instant(text))
        #expect(instant.seconds == seconds)
        #expect(instant.description == written)
    }

    @Test(
        "texts that are no timestamps",
        arguments: [
            "", "2009", "2009-02-13", "2009-02-13 23:31:30Z", "2009-02-13T23:31:30",
            "2009-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z", "2009-13-01T00:00:00Z", "2009-04-31T00:00:00Z",
            "2009-00-01T00:00:00Z",
            "2009-01-01T24:00:00Z", "2009-01-01T00:60:00Z", "2009-01-01T00:00:60Z",
            "2009-01-01T00:00:00.Z",
            "2009-01-01T00:00:00+24:00", "2009-01-01T00:00:00+0100", "2009-01-01T00:00:00Zx",
            "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "0000-01-01T00:00:00Z",
        ])
    func noTimestamps(_ text: String) {
        #expect(Instant(text) == nil)
    }

    @Test("the calendar agrees with itself on every day of the range")
    func calendar() {
        var day = Instant.secondsRange.lowerBound / 86_400
        while day <= Instant.secondsRange.upperBound / 86_400 {
            let (year, month, date) = CivilTime.date(ofDay: day)
            #expect(CivilTime.days(year: year, month: month, day: date) == day)
            day += 97
        }
    }

    @Test("moments of Core come in whole, and only within the range")
    func coreTimes() throws {
        let instant = try #require(Instant(Timestamp(microseconds: -1)))
        #expect(instant.description == "1969-12-31T23:59:59.999999Z")
        #expect(Instant(Timestamp(microseconds: .max)) == nil)
        #expect(Interval(.microseconds(-3))?.nanoseconds == -3_000)
        #expect(Interval(.seconds(Int64.max)) == nil)
        #expect(Instant(seconds: 0, nanoseconds: -1) == nil)
    }

    @Test(
        "arithmetic with times",
        arguments: [
            ("timestamp('2000-01-01T00:00:00Z') + duration('1.5s')", "2000-01-01T00:00:01.5Z"),
            (
                "duration('-1ns') + timestamp('2000-01-01T00:00:00Z')",
                "1999-12-31T23:59:59.999999999Z"
            ),
            (
                "timestamp('2000-01-01T00:00:00Z') - duration('1ns')",
                "1999-12-31T23:59:59.999999999Z"
            ),
            ("timestamp('2000-01-01T00:00:00.5Z') - duration('-0.6s')", "2000-01-01T00:00:01.1Z"),
            ("timestamp('2000-01-01T00:00:01Z') - timestamp('2000-01-01T00:00:00.25Z')", "0.75s"),
            ("timestamp('2000-01-01T00:00:00.25Z') - timestamp('2000-01-01T00:00:01Z')", "-0.75s"),
            ("duration('1h') - duration('1m')", "3540s"),
            ("duration('1h') + duration('1m')", "3660s"),
        ])
    func arithmetic(_ source: String, _ text: String) throws {
        #expect(try evaluate("string(\(source))") == .string(text))
    }

    @Test("the least interval is a difference like any other")
    func leastDifference() throws {
        let a = try #require(Instant(seconds: -9_223_372_037, nanoseconds: 145_224_192))
        let zero = try #require(Instant(seconds: 0))
        #expect(Instant.difference(a, zero)?.nanoseconds == .min)
        let b = try #require(Instant(seconds: -9_223_372_037, nanoseconds: 145_224_191))
        #expect(Instant.difference(b, zero) == nil)
    }

    @Test(
        "times beyond their range are errors",
        arguments: [
            "timestamp('9999-12-31T23:59:59Z') + duration('1s')",
            "timestamp('0001-01-01T00:00:00Z') - duration('1ns')",
            "timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')",
            "duration('2562047h') + duration('1h')", "duration('-2562047h') - duration('1h')",
        ])
    func beyond(_ source: String) throws {
        #expect(try failure(source)?.message.hasPrefix("out of the range of") == true)
    }

    @Test(
        "getters tell the parts, in UTC or in a zone",
        arguments: [
            ("getFullYear()", 2009), ("getMonth()", 1), ("getDate()", 13), ("getDayOfMonth()", 12),
            ("getDayOfWeek()", 5), ("getDayOfYear()", 43), ("getHours()", 23), ("getMinutes()", 31),
            ("getSeconds()", 30), ("getMilliseconds()", 123), ("getDate('+01:00')", 14),
            ("getHours('-09:30')", 14), ("getMinutes('-09:30')", 1), ("getHours('UTC')", 23),
            ("getHours('02:00')", 1), ("getDayOfWeek('+01:00')", 6), ("getHours('Z')", 23),
        ])
    func getters(_ getter: String, _ value: Int64) throws {
        let source = "timestamp('2009-02-13T23:31:30.123456789Z').\(getter)"
        #expect(try evaluate(source) == .int(value))
    }

    @Test(
        "durations have getters of whole units",
        arguments: [
            ("getHours()", 27), ("getMinutes()", 1_666), ("getSeconds()", 100_000),
            ("getMilliseconds()", 321),
        ])
    func durationGetters(_ getter: String, _ value: Int64) throws {
        #expect(try evaluate("duration('100000.321s').\(getter)") == .int(value))
    }

    @Test(
        "getters refuse what they are not made for",
        arguments: [
            "duration('1s').getDate()", "dyn(1).getHours()", "timestamp(0).getHours(1)",
            "timestamp(0).getHours('Nowhere/Nothing')", "timestamp(0).getHours('../../etc/passwd')",
            "timestamp(0).getHours('+25:00')", "timestamp(0).getHours('+01:60')",
            "timestamp(0).getHours('Europe')",
            "duration('1s').getHours('UTC')",
        ])
    func badGetters(_ source: String) throws {
        #expect(try failure(source) != nil)
    }
}
