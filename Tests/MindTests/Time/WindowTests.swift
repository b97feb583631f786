import CEL
import Core
import Testing

@testable import Mind

@Suite("Windows over samples")
struct WindowTests {
    struct Sample {
        var at: Timestamp
        var value: Double
    }

    static let span: Duration = .seconds(60)

    /// What a window gives, computed from every sample anew.
    static func exact(_ plan: WindowPlan, _ samples: [Double], _ all: [Sample]) -> Double {
        let count = Double(samples.count)
        let sum = samples.reduce(0, +)
        switch plan.function {
        case .count: return count
        case .sum: return sum
        case .avg: return sum / count
        case .min: return samples.min() ?? .nan
        case .max: return samples.max() ?? .nan
        case .stddev:
            let squares = samples.reduce(0) { $0 + ($1 - sum / count) * ($1 - sum / count) }
            return (squares / count).squareRoot()
        case .rate:
            guard let first = all.first, let last = all.last, last.at > first.at else { return 0 }
            let rise = zip(samples, samples.dropFirst()).reduce(0) {
                $0 + ($1.1 >= $1.0 ? $1.1 - $1.0 : $1.1)
            }
            return rise / (Double((last.at - first.at).microseconds) / 1_000_000)
        case .quantile: return samples.sorted()[Int(plan.share * (count - 1))]
        }
    }

    static func isNear(_ a: Double, _ b: Double, _ plan: WindowPlan) -> Bool {
        let tolerance = plan.function == .quantile ? 1.0 / 128 : 1e-9
        return abs(a - b) <= tolerance * max(abs(a), abs(b)) + 1e-9
    }

    static func plans(_ span: Duration = span) -> [WindowPlan] {
        WindowPlan.Function.allCases.map { WindowPlan(function: $0, span: span, share: 0.9) }
    }

    /// Steps of time of a device: steady, in bursts, with silences.
    static func step(_ random: inout SeededGenerator) -> Duration {
        switch Int.random(in: 0..<40, using: &random) {
        case 0: .seconds(Int.random(in: 20...90, using: &random))
        case 1...8: .zero
        case _: .milliseconds(Int.random(in: 1...900, using: &random))
        }
    }

    /// Some samples around the window's beginning may still be in it: those of the last pane.
    static func agrees(
        _ plan: WindowPlan, _ found: Double, _ history: [Sample], at now: Timestamp
    ) -> Bool {
        let start = now + (.zero - plan.span)
        let first = history.firstPlace { $0.at > start }
        let slack = Duration.microseconds(plan.span.paneMicroseconds)
        let earliest = history.firstPlace { $0.at > start + (.zero - slack) }
        for place in (earliest...first).reversed() {
            let samples = Array(history[place...])
            let wanted = exact(plan, samples.map(\.value), samples)
            if isNear(found, wanted, plan) { return true }
        }
        return false
    }

    static func number(_ value: Value) -> Double { value.asDouble ?? .nan }

    @Test("give what the samples give, for samples that come in any rhythm", arguments: 1...12)
    func differential(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        for plan in Self.plans() {
            var window = Window(plan)
            var history: [Sample] = []
            var now = Timestamp(microseconds: 1_700_000_000_000_000)
            for step in 0..<500 {
                now = now + Self.step(&random)
                let value = Double.random(in: -100...1_000, using: &random).rounded()
                let expected = try window.value(of: plan, at: now, adding: value)
                window.add(value, at: now)
                history.append(Sample(at: now, value: value))
                let found = Self.number(try window.value(of: plan, at: now, adding: nil))
                #expect(
                    Self.isNear(found, Self.number(expected), plan),
                    "seed \(seed), \(plan.function) at \(step): a look ahead gives the same")
                #expect(
                    Self.agrees(plan, found, history, at: now),
                    "seed \(seed), \(plan.function) at \(step): \(found)")
            }
        }
    }

    @Test("are exact to the sample while there are few", arguments: WindowPlan.Function.allCases)
    func exact(function: WindowPlan.Function) throws {
        let plan = WindowPlan(function: function, span: .seconds(10), share: 0.5)
        var window = Window(plan)
        var history: [Sample] = []
        for second in 0..<100 {
            let now = Timestamp(microseconds: Int64(second) * 1_000_000)
            let value = Double((second * 37) % 41)
            window.add(value, at: now)
            history.append(Sample(at: now, value: value))
            let samples = Array(history.suffix(10))
            let wanted = Self.exact(plan, samples.map(\.value), samples)
            let found = Self.number(try window.value(of: plan, at: now, adding: nil))
            #expect(Self.isNear(found, wanted, plan), "\(function) at \(second): \(found)")
        }
    }

    @Test("a sample leaves exactly when it is as old as the window is long")
    func edges() throws {
        let plan = WindowPlan(function: .count, span: .seconds(10))
        var window = Window(plan)
        let start = Timestamp(microseconds: 0)
        window.add(1, at: start)
        func count(after: Duration) throws -> Value {
            try window.value(of: plan, at: start + after, adding: nil)
        }
        #expect(try count(after: .seconds(10) - .microseconds(1)) == .int(1))
        #expect(try count(after: .seconds(10)) == .int(0))
        let average = WindowPlan(function: .avg, span: .seconds(10))
        #expect(throws: EvaluationError.Reason.self) {
            try Window(average).value(of: average, at: start, adding: nil)
        }
        #expect(try Window(average).value(of: average, at: start, adding: 3) == .double(3))
    }

    @Test("hold a bounded number of entries, however many samples come")
    func bounded() {
        var window = PaneWindow<SampleSum>(span: .seconds(60))
        var quantile = QuantileWindow(span: .seconds(60))
        var most = 0
        for step in 0..<40_000 {
            // Bursts of samples, then a pause, so that panes are both shared and not.
            let at = Timestamp(microseconds: Int64(step) * 7_000 + Int64(step / 500) * 9_000_000)
            window.add(Double(step % 7), at: at)
            quantile.add(Double(step % 7), at: at)
            most = max(most, window.paneCount, quantile.paneCount)
        }
        #expect(most <= 2 * Limits.windowExactSamples + 2, "\(most)")
        #expect(window.estimatedBytes < 32_768)
    }

    @Test("never drift, whatever went through them before")
    func drift() throws {
        for plan in Self.plans(.seconds(1)) where plan.function != .rate {
            var window = Window(plan)
            var now = Timestamp(microseconds: 0)
            var random = SeededGenerator(seed: 7)
            for step in 0..<100_000 {
                now = now + .milliseconds(10)
                let isHuge = step < 99_000
                window.add(Double.random(in: 0...1, using: &random) * (isHuge ? 1e15 : 1), at: now)
            }
            for _ in 0..<200 {
                now = now + .milliseconds(10)
                window.add(0.1, at: now)
            }
            let found = Self.number(try window.value(of: plan, at: now, adding: nil))
            let wanted: Double =
                switch plan.function {
                case .count: 100
                case .sum: 10
                case .stddev: 0
                case .avg, .min, .max, .rate, .quantile: 0.1
                }
            let slack = plan.function == .count || plan.function == .sum ? 0.02 : 0
            #expect(
                abs(found - wanted) <= wanted * slack + (plan.function == .quantile ? 1e-3 : 1e-12),
                "\(plan.function): \(found)")
        }
    }

    @Test("a large mean costs no digits of a small deviation")
    func cancellation() throws {
        let plan = WindowPlan(function: .stddev, span: .seconds(60))
        var window = Window(plan)
        for step in 0..<1_000 {
            window.add(1e9 + (step % 2 == 0 ? 0.5 : -0.5), at: Timestamp(microseconds: Int64(step)))
        }
        let found = try window.value(of: plan, at: Timestamp(microseconds: 999), adding: nil)
        #expect(abs(Self.number(found) - 0.5) < 1e-6)
    }

    @Test("a rate is the growth per second of a counter, also over a reset")
    func rate() throws {
        let plan = WindowPlan(function: .rate, span: .seconds(60))
        var window = Window(plan)
        func add(_ value: Double, _ second: Int64) { window.add(value, at: at(second)) }
        func at(_ second: Int64) -> Timestamp { Timestamp(microseconds: second * 1_000_000) }
        add(100, 0)
        #expect(try window.value(of: plan, at: at(0), adding: nil) == .double(0))
        add(110, 10)
        #expect(try window.value(of: plan, at: at(10), adding: nil) == .double(1))
        // 10, then from zero to 5.
        add(5, 15)
        #expect(try window.value(of: plan, at: at(15), adding: nil) == .double(1))
    }

    @Test("a sum beyond a double is an error and no value")
    func overflow() {
        let plan = WindowPlan(function: .sum, span: .seconds(60))
        var window = Window(plan)
        for step in 0..<3 { window.add(1e308, at: Timestamp(microseconds: Int64(step))) }
        #expect(throws: EvaluationError.Reason.overflow("'over.sum'")) {
            try window.value(of: plan, at: Timestamp(microseconds: 3), adding: nil)
        }
    }

    @Test("survive a checkpoint to the bit, at any moment", arguments: 1...6)
    func checkpoint(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        for plan in Self.plans(.seconds(20)) {
            var (whole, restored) = (Window(plan), Window(plan))
            var now = Timestamp(microseconds: 0)
            for step in 0..<300 {
                now = now + Self.step(&random)
                let value = Double.random(in: 0...100, using: &random)
                whole.add(value, at: now)
                restored.add(value, at: now)
                if step % 7 == 0 {
                    var encoder = CheckpointEncoder()
                    restored.encode(to: &encoder)
                    var decoder = CheckpointDecoder(encoder.bytes)
                    restored = try Window(plan, from: &decoder)
                    #expect(decoder.isAtEnd)
                }
                #expect(restored == whole, "seed \(seed), \(plan.function) at \(step)")
            }
        }
    }

    @Test("a damaged checkpoint is an error or another window, no crash", arguments: 1...3)
    func damaged(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        for plan in Self.plans(.seconds(20)) {
            var window = Window(plan)
            for step in 0..<90 {
                window.add(Double(step), at: Timestamp(microseconds: Int64(step) * 150_000))
            }
            var encoder = CheckpointEncoder()
            window.encode(to: &encoder)
            for _ in 0..<300 {
                var bytes = encoder.bytes
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
                var decoder = CheckpointDecoder(bytes)
                guard var other = try? Window(plan, from: &decoder) else { continue }
                let now = Timestamp(microseconds: 30_000_000)
                other.add(1, at: now)
                _ = try? other.value(of: plan, at: now, adding: 2)
            }
        }
    }
}
