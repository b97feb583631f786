import Core
import Testing

@Suite("The clock of the log")
struct LogClockTests {
    private func wall(_ seconds: Int64) -> Timestamp {
        Timestamp(microseconds: seconds * 1_000_000)
    }
    private func monotonic(_ seconds: Int64) -> MonotonicTime {
        MonotonicTime(microseconds: seconds * 1_000_000)
    }

    @Test("while the wall clock goes forward it is the time, steps included")
    func normal() {
        var clock = LogClock(last: .earliest)
        #expect(clock.at(wall: wall(100), monotonic: monotonic(1)) == wall(100))
        #expect(clock.at(wall: wall(100), monotonic: monotonic(1)) == wall(100))
        #expect(clock.at(wall: wall(9_000), monotonic: monotonic(2)) == wall(9_000))
        #expect(clock.skew == .zero)
        #expect(clock.last == wall(9_000))
    }

    @Test("after a step back time flows on at half the rate until the wall clock is there again")
    func stepBack() {
        var clock = LogClock(last: .earliest)
        _ = clock.at(wall: wall(1_000), monotonic: monotonic(0))
        // The wall clock steps back by 100 s.
        #expect(clock.at(wall: wall(910), monotonic: monotonic(10)) == wall(1_005))
        #expect(clock.skew == .seconds(95))
        #expect(clock.at(wall: wall(1_000), monotonic: monotonic(100)) == wall(1_050))
        #expect(clock.at(wall: wall(1_100), monotonic: monotonic(200)) == wall(1_100))
        #expect(clock.skew == .zero)
        #expect(clock.at(wall: wall(1_110), monotonic: monotonic(210)) == wall(1_110))
    }

    @Test("after a restart with a clock set back it goes on from the log's last event")
    func restart() {
        var clock = LogClock(last: wall(5_000))
        #expect(clock.at(wall: wall(10), monotonic: monotonic(77)) == wall(5_000))
        #expect(clock.at(wall: wall(14), monotonic: monotonic(81)) == wall(5_002))
        #expect(clock.skew == .seconds(4_988))
    }

    @Test("halves of single microseconds are not lost")
    func smallSteps() {
        var clock = LogClock(last: wall(5_000))
        var time = wall(0)
        for microsecond in 0...1_000_000 {
            time = clock.at(wall: wall(1), monotonic: .init(microseconds: Int64(microsecond)))
        }
        #expect(time == wall(5_000) + .milliseconds(500))
    }

    @Test("it never goes back, whatever the clocks do")
    func monotone() {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            var clock = LogClock(last: wall(0))
            var last = clock.last
            var wallNow: Int64 = 0
            var monotonicNow: Int64 = 0
            for _ in 0..<200 {
                let step = Int64.random(in: 0...1_000_000, using: &random)
                monotonicNow += step
                wallNow += step
                if Int.random(in: 0..<20, using: &random) == 0 {
                    wallNow += Int64.random(in: -9_000_000...9_000_000, using: &random)
                }
                let wall = Timestamp(microseconds: wallNow)
                let time = clock.at(wall: wall, monotonic: .init(microseconds: monotonicNow))
                #expect(time >= last && time >= wall, "seed \(seed)")
                #expect(clock.skew == time - wall, "seed \(seed)")
                last = time
            }
        }
    }

    @Test("clocks at the ends of their ranges are survived")
    func extremes() {
        var clock = LogClock(last: Timestamp(microseconds: .max))
        let last = clock.last
        #expect(clock.at(wall: Timestamp(microseconds: .min), monotonic: monotonic(1)) == last)
        #expect(clock.at(wall: Timestamp(microseconds: .min), monotonic: monotonic(9)) == last)
        // A monotonic clock that goes back breaks its own promise, not ours.
        #expect(clock.at(wall: wall(0), monotonic: monotonic(0)) == last)
        #expect(clock.skew > .zero)
    }
}
