import Core
import Testing

@testable import Mind

@Suite("Quantiles by a sketch")
struct QuantileTests {
    private static func spread(
        _ exponents: ClosedRange<Double>, _ random: inout SeededGenerator
    ) -> Double {
        var value = 1.0
        let exponent = Double.random(in: exponents, using: &random)
        for _ in 0..<Int(abs(exponent)) { value *= exponent < 0 ? 0.5 : 2 }
        value *= 1 + Double.random(in: 0..<1, using: &random)
        return Bool.random(using: &random) ? value : -value
    }

    @Test("are off by at most 1/128 of themselves, for values of every size", arguments: 1...6)
    func accuracy(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var window = QuantileWindow(span: .seconds(60))
        let now = Timestamp(microseconds: 0)
        var samples: [Double] = [0]
        window.add(0, at: now)
        for _ in 0..<2_000 {
            let value = Self.spread(-8...8, &random)
            samples.append(value)
            window.add(value, at: now)
        }
        samples.sort()
        #expect(window.accuracy == 1.0 / 128)
        for share in [0, 0.01, 0.25, 0.5, 0.9, 0.99, 1] {
            let wanted = samples[Int(share * Double(samples.count - 1))]
            let found = try #require(window.value(share: share, at: now))
            #expect(
                abs(found - wanted) <= abs(wanted) / 128,
                "seed \(seed), \(share): \(found), not \(wanted)")
        }
    }

    @Test("of values spread over more powers of two than fit, are off by a known part")
    func widening() throws {
        var random = SeededGenerator(seed: 3)
        var window = QuantileWindow(span: .seconds(60))
        var samples: [Double] = []
        for step in 0..<6_000 {
            let value = Self.spread(-200...200, &random)
            samples.append(value)
            window.add(value, at: Timestamp(microseconds: Int64(step)))
        }
        samples.sort()
        let now = Timestamp(microseconds: 6_000)
        #expect(window.accuracy > 1.0 / 128 && window.accuracy <= 0.5)
        #expect(window.estimatedBytes < 400_000)
        for share in [0, 0.1, 0.5, 0.9, 1] {
            let wanted = samples[Int(share * Double(samples.count - 1))]
            let found = try #require(window.value(share: share, at: now))
            #expect(abs(found - wanted) <= abs(wanted) * window.accuracy, "\(share)")
        }
        // When all of it has left, the window is as fine as a new one.
        window.add(1, at: now + .seconds(61))
        #expect(window.accuracy == 1.0 / 128)
    }

    @Test("take the ends of a double for what they are")
    func ends() throws {
        for value in [
            0, -0.0, 1, -1, Double.greatestFiniteMagnitude, -Double.greatestFiniteMagnitude,
            Double.leastNormalMagnitude, Double.leastNonzeroMagnitude,
        ] {
            for shift in [QuantileSketch.finest, QuantileSketch.coarsest] {
                let key = QuantileSketch.key(of: value, shift: shift)
                let middle = QuantileSketch.middle(of: key, shift: shift)
                let part = shift == QuantileSketch.finest ? 1.0 / 128 : 0.5
                #expect(middle.isFinite, "\(value)")
                #expect(
                    (middle - value).magnitude <= value.magnitude * part
                        || value.magnitude < Double.leastNormalMagnitude, "\(value): \(middle)")
            }
        }
    }
}
