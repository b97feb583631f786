import Core
import Testing

@testable import Mind

@Suite("The centre and spread of a field")
struct SpreadBaselineTests {
    private static let start = Timestamp(microseconds: 1_700_000_000_000_000)

    /// Near enough to the normal distribution.
    private static func noise(_ random: inout SeededGenerator) -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0...1, using: &random) }
    }

    @Test("the score is 0 until 60 readings came, and then the distance in spreads")
    func learning() {
        for seed: UInt64 in 1...5 {
            var random = SeededGenerator(seed: seed)
            var spread = SpreadBaseline()
            for number in 0..<3_000 {
                let now = Self.start + .seconds(Int64(number))
                if number < 60 { #expect(spread.score(of: 1e9, at: now) == 0) }
                spread.learn(20 + 2 * Self.noise(&random), at: now)
            }
            let now = Self.start + .seconds(3_000)
            #expect(abs(spread.normal.centre - 20) < 0.3, "seed \(seed): \(spread.normal)")
            #expect(abs(spread.normal.variance.squareRoot() - 2) < 0.3, "seed \(seed)")
            #expect(abs(spread.score(of: 30, at: now) - 5) < 1, "seed \(seed)")
            #expect(abs(spread.score(of: 10, at: now) + 5) < 1, "seed \(seed)")
            #expect(spread.score(of: 1e300, at: now) == SpreadBaseline.scoreMax)
        }
    }

    @Test("spikes do not move it, neither early nor late")
    func spikes() {
        for seed: UInt64 in 10...14 {
            var random = SeededGenerator(seed: seed)
            var (clean, spiked) = (SpreadBaseline(), SpreadBaseline())
            for number in 0..<2_000 {
                let now = Self.start + .seconds(Int64(number))
                let reading = Self.noise(&random)
                clean.learn(reading, at: now)
                // The fourth reading, and one of a hundred from there on.
                spiked.learn(number % 100 == 3 ? 1e12 : reading, at: now)
            }
            #expect(abs(spiked.normal.centre - clean.normal.centre) < 0.2, "seed \(seed)")
            let share = spiked.normal.variance / clean.normal.variance
            #expect((0.5...2).contains(share), "seed \(seed): \(share)")
        }
    }

    @Test("a single reading moves the centre by three spreads times its part at most")
    func single() {
        var random = SeededGenerator(seed: 20)
        var spread = SpreadBaseline()
        for number in 0..<500 {
            spread.learn(Self.noise(&random), at: Self.start + .seconds(Int64(number)))
        }
        let before = spread.normal
        spread.learn(1e99, at: Self.start + .seconds(500))
        let moved = spread.normal.centre - before.centre
        #expect(moved > 0 && moved <= 3 * before.variance.squareRoot() / 500)
        #expect(spread.normal.variance <= before.variance * (1 + 24.0 / 500))
    }

    @Test("by hour of day, once an hour was heard on three days and sixty times")
    func hours() {
        var random = SeededGenerator(seed: 30)
        var spread = SpreadBaseline()
        var now = Self.start
        /// 20 by night, 30 from 8 to 16 o'clock, UTC.
        func usual(_ now: Timestamp) -> Double { (8..<16).contains(TimeOfDay(now).hour) ? 30 : 20 }
        for minute in 0..<(10 * 24 * 60) {
            now = Self.start + .seconds(Int64(minute) * 60)
            spread.learn(usual(now) + 0.5 * Self.noise(&random), at: now)
            if minute == 36 * 60 {
                // Two days: by the whole only, where both are usual.
                #expect(abs(spread.score(of: 20, at: now)) < 3)
                #expect(abs(spread.score(of: 30, at: now)) < 3)
            }
        }
        for hour in 0..<24 {
            let time = now + .seconds(Int64(hour) * 3_600)
            let wrong = usual(time) == 20 ? 30.0 : 20.0
            #expect(abs(spread.score(of: usual(time), at: time)) < 1.5, "\(hour)")
            #expect(abs(spread.score(of: wrong, at: time)) > 5, "\(hour)")
        }
    }

    @Test("hours and days are of UTC, also before 1970")
    func timeOfDay() throws {
        for (text, day, hour) in [
            ("1970-01-01T00:00:00Z", 0, 0), ("1970-01-02T23:59:59Z", 1, 23),
            ("1969-12-31T23:59:59Z", -1, 23), ("1969-12-31T00:00:00Z", -1, 0),
            ("2024-03-01T12:30:00Z", 19_783, 12),
        ] {
            let time = TimeOfDay(try Timestamp(rfc3339: text))
            #expect(time.day == Int64(day) && time.hour == hour, "\(text)")
        }
        #expect(TimeOfDay(Timestamp(microseconds: .min)).hour < 24)
    }

    @Test("a new level becomes normal after a while")
    func level() {
        var spread = SpreadBaseline()
        for number in 0..<200 {
            spread.learn(Double(number % 5), at: Self.start + .seconds(Int64(number)))
        }
        let then = Self.start + .seconds(200)
        #expect(spread.score(of: 102, at: then) > 20)
        for number in 200..<4_000 {
            spread.learn(100 + Double(number % 5), at: Self.start + .seconds(Int64(number)))
        }
        #expect(abs(spread.score(of: 102, at: Self.start + .seconds(4_000))) < 3)
    }

    @Test("of what never varied, any other value is as far as can be told")
    func constant() {
        var spread = SpreadBaseline()
        for number in 0..<100 { spread.learn(5, at: Self.start + .seconds(Int64(number))) }
        let now = Self.start + .seconds(100)
        #expect(spread.score(of: 5, at: now) == 0)
        #expect(spread.score(of: 5.1, at: now) == 1_000)
        #expect(spread.score(of: -5, at: now) == -1_000)
        // A value that comes now and then is taken into the spread.
        for number in 100..<1_000 {
            let reading = number % 10 == 0 ? 6.0 : 5.0
            spread.learn(reading, at: Self.start + .seconds(Int64(number)))
        }
        #expect(abs(spread.score(of: 6, at: Self.start + .seconds(1_000))) < 6)
    }
}
