import Core
import Testing

@testable import Mind

@Suite("Learned quantiles")
struct QuantileBaselineTests {
    private static let start = Timestamp(microseconds: 1_700_000_000_000_000)

    @Test("are within 1/128 of the value at their place, over both sketches")
    func accuracy() {
        for seed: UInt64 in 1...5 {
            var random = SeededGenerator(seed: seed)
            var learned = QuantileBaseline()
            var readings: [Double] = []
            for number in 0..<9_000 {
                let reading = Double.random(in: 10...900, using: &random)
                readings.append(reading)
                // A reading in two minutes: the sketches change places once a week.
                learned.learn(reading, at: Self.start + .seconds(Int64(number) * 120))
            }
            #expect(learned.earlier.count > 4_000 && learned.recent.count > 1_000)
            readings = readings.suffix(learned.count).sorted()
            for share in [0.0, 0.01, 0.5, 0.9, 0.999, 1] {
                let exact = readings[Int(share * Double(readings.count - 1))]
                let value = learned.value(atShare: share)
                // Too few for the outermost.
                if [0, 1].contains(share) {
                    #expect(value.isNaN)
                } else {
                    #expect(abs(value - exact) <= exact / 128, "seed \(seed), \(share): \(value)")
                }
            }
        }
    }

    @Test(
        "are not known before there is a reading in the part that they cut off",
        arguments: [(0.5, 60), (0.9, 60), (0.99, 100), (0.01, 100), (0.999, 1_000), (1, 10_000)])
    func learning(share: Double, count: Int) {
        var learned = QuantileBaseline()
        for number in 0..<count {
            if number >= count - 2, number < count - 1 {
                #expect(learned.value(atShare: share).isNaN)
            }
            learned.learn(Double(number), at: Self.start + .milliseconds(Int64(number)))
        }
        #expect(QuantileBaseline.countNeeded(for: share) == count)
        #expect(learned.value(atShare: share).isFinite)
    }

    @Test("forget what is two weeks old, but never all of a slow sensor")
    func forgetting() {
        var fast = QuantileBaseline()
        var slow = QuantileBaseline()
        for hour in 0..<(60 * 24) {
            let now = Self.start + .seconds(Int64(hour) * 3_600)
            let reading = hour < 30 * 24 ? 100.0 : 1.0
            for second in 0..<30 { fast.learn(reading, at: now + .seconds(Int64(second))) }
            slow.learn(reading, at: now)
        }
        #expect(abs(fast.value(atShare: 0.99) - 1) < 0.1)
        #expect(fast.count <= 15 * 24 * 30)
        #expect(slow.count == 60 * 24 && slow.value(atShare: 0.9) > 90)
    }

    @Test("of values of every size are bounded in memory, and as exact as may be")
    func sizes() {
        var random = SeededGenerator(seed: 9)
        var learned = QuantileBaseline()
        for number in 0..<20_000 {
            let exponent = Double(Int.random(in: -200...200, using: &random))
            var reading = Double.random(in: 1...2, using: &random)
            let factor = exponent > 0 ? 2.0 : 0.5
            for _ in 0..<Int(exponent.magnitude) { reading *= factor }
            learned.learn(number % 2 == 0 ? reading : -reading, at: Self.start)
            #expect(learned.recent.buckets.count <= 2 * Limits.baselineBucketsMax)
        }
        #expect(learned.recent.buckets.count <= Limits.baselineBucketsMax)
        #expect(learned.shift > QuantileSketch.finest)
        #expect(learned.value(atShare: 0.25) < 0 && learned.value(atShare: 0.75) > 0)
    }
}
