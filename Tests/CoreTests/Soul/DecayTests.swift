import Foundation
import Testing

@testable import Core

@Suite("Decay in whole numbers")
struct DecayTests {
    @Test("each root is the square root of the one before it")
    func roots() {
        #expect(Decay.roots.count == 32)
        var square = UInt64(1) << 63
        for root in Decay.roots {
            let found = root.multipliedFullWidth(by: root).high
            // Rounded down, so a little less, and never more.
            #expect(found <= square && square - found <= 3, "\(root)")
            square = root
        }
    }

    @Test("half is left after a half-life, nothing in the end, all at once")
    func halves() {
        #expect(Decay.left(of: 1_000_000_000, after: 0) == 1_000_000_000)
        #expect(Decay.left(of: 1_000_000_000, after: Decay.halfLife) == 500_000_000)
        #expect(Decay.left(of: 1_000_000_000, after: 2 * Decay.halfLife) == 250_000_000)
        #expect(Decay.left(of: 1_000_000_000, after: 30 * Decay.halfLife) == 0)
        #expect(Decay.left(of: .max, after: 63 * Decay.halfLife) == 0)
        #expect(Decay.left(of: 0, after: 5) == 0)
        #expect(Decay.share(after: 0) == 1)
        #expect(Decay.share(after: Decay.halfLife) == 0.5)
        #expect(Decay.share(after: .max) == 0)
    }

    @Test("it is 2^-x, and less the longer it takes")
    func powers() {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let amount = Int64.random(in: 0...1_000_000_000_000_000_000, using: &random)
            let time = Int64.random(in: 0...(40 << 32), using: &random)
            let left = Decay.left(of: amount, after: time)
            let exact = Double(amount) * pow(2, -Double(time) / 0x1p32)
            #expect(
                abs(Double(left) - exact) <= 1 + exact * 1e-14, "seed \(seed): \(amount) \(time)")
            let later = Decay.left(of: amount, after: time + 1)
            #expect(later <= left && left <= amount, "seed \(seed): \(amount) \(time)")
        }
    }

    @Test("time is counted in half-lives, whatever their length, and bounded")
    func counting() {
        func count(_ time: Duration, _ halfLife: Duration, _ stretch: Int64 = 1_000_000) -> Int64 {
            Decay.halfLives(in: time, of: halfLife, stretched: stretch)
        }
        #expect(count(.seconds(10), .seconds(10)) == Decay.halfLife)
        #expect(count(.seconds(10), .seconds(10), 2_000_000) == Decay.halfLife / 2)
        #expect(count(.seconds(10), .seconds(10), 500_000) == Decay.halfLife * 2)
        #expect(count(.zero, .seconds(1)) == 0 && count(.seconds(-5), .seconds(1)) == 0)
        let longest = Duration.microseconds(Int64.max)
        #expect(count(longest, .microseconds(1)) == Decay.halfLivesMax)
        #expect(count(longest, longest, 500_000) == Decay.halfLife * 2)
    }
}
