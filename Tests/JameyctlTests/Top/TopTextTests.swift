import Core
import Testing

@testable import jameyctl

@Suite("Numbers in the columns of jameyctl top")
struct TopTextTests {
    @Test("numbers have a digit behind the point where that says something")
    func numbers() {
        let texts = [
            0: "0.0", 0.04: "0.0", 0.06: "0.1", 12.34: "12.3", 99.9: "99.9", 99.96: "100",
            1_234.4: "1234", 123_456_789: "123456789", -3.14: "-3.1", -0.3: "-0.3",
        ]
        for (value, text) in texts { #expect(TopText.number(value) == text) }
    }

    @Test("what is no number, or beyond all measure, is a dash")
    func strange() {
        for value in [Double.nan, .infinity, -.infinity, 1e300] {
            #expect(TopText.number(value) == "-" && TopText.whole(value) == "-")
            #expect(TopText.size(value) == "-")
        }
    }

    @Test("how long something took is told in its unit")
    func latencies() {
        let texts = [
            0: "0 µs", 0.000_25: "250 µs", 0.001: "1.0 ms", 0.012_34: "12.3 ms",
            0.25: "250 ms", 1: "1.0 s", 2.5: "2.5 s",
        ]
        for (value, text) in texts { #expect(TopText.latency(seconds: value) == text) }
    }

    @Test("ages have six characters at most for a hundred days")
    func ages() {
        let texts: [(Duration, String)] = [
            (.zero, "0.0s"), (.milliseconds(412), "0.4s"), (.seconds(1), "1s"),
            (.seconds(59), "59s"), (.seconds(60), "1m0s"), (.seconds(3_599), "59m59s"),
            (.seconds(3_600), "1h0m"), (.seconds(86_399), "23h59m"), (.seconds(86_400), "1d0h"),
            (.seconds(8_639_999), "99d23h"), (.seconds(8_640_000), "100d"),
            // By a clock that is behind the agent's.
            (.seconds(-5), "0.0s"),
        ]
        for (age, text) in texts {
            #expect(TopText.age(age) == text)
            #expect(text.count <= 6)
        }
    }
}
