import Core
import Testing

@testable import Mind

/// Minutes from random messages of a few devices, held against the readings themselves.
@Suite("Roll-ups of random messages")
struct RollUpPropertyTests {
    private struct Key: Hashable {
        var entity: String
        var field: String
        var minute: Int64
    }

    private static let fields = ["temp", "vib", "motor.rpm", "motor.amps", "offset"]

    private struct Run {
        var outcomes: [Outcome] = []
        var readings: [Key: [Double]] = [:]
        var checkpoint: [UInt8] = []
    }

    private func payload(_ readings: [(String, Double)]) -> String {
        func members(_ inside: Bool) -> [String] {
            readings.filter { $0.0.hasPrefix("motor.") == inside }.map { name, value in
                "\"\(inside ? String(name.dropFirst(6)) : name)\":\(value)"
            }
        }
        var all = members(false)
        if !members(true).isEmpty {
            all.append("\"motor\":{\(members(true).joined(separator: ","))}")
        }
        return "{\(all.joined(separator: ","))}"
    }

    /// - Parameter restarts: whether the mind is made again from its checkpoint now and then.
    private func run(seed: UInt64, restarts: Bool) throws -> Run {
        var random = SeededGenerator(seed: seed)
        var dice = SeededGenerator(seed: seed &+ 1)
        var mind = try MindUnderTest(pressRoutes)
        let entitiesMax = 3
        mind.mind.entities.countMax = entitiesMax
        var run = Run()
        for _ in 0..<1_500 {
            let entity = "press-\(Int.random(in: 1...5, using: &random))"
            let gap = Int.random(in: 0..<50, using: &random) == 0 ? 300 : 9
            let after = Duration.seconds(Int.random(in: 0...gap, using: &random))
            let readings: [(String, Double)] = Self.fields.compactMap { name in
                guard Bool.random(using: &random) else { return nil }
                let value = (Double.random(in: -50...50, using: &random) * 8).rounded() / 8
                return (name, name == "offset" ? 1e7 + value : value)
            }
            run.outcomes.append(
                mind.hear("plant/1/\(entity)/telemetry", payload(readings), after: after))
            for (name, value) in readings {
                let key = Key(entity: entity, field: name, minute: mind.at.minute)
                run.readings[key, default: []].append(value)
            }
            if restarts, Int.random(in: 0..<20, using: &dice) == 0 {
                mind.mind = try Mind(
                    settings: MindUnderTest.settings, checkpoint: mind.mind.checkpoint(),
                    ruleset: mind.mind.ruleset)
                mind.mind.entities.countMax = entitiesMax
            }
        }
        // One after the other is pushed out.
        for number in 1...entitiesMax {
            run.outcomes.append(mind.hear("plant/1/last-\(number)/telemetry", "{}"))
        }
        run.checkpoint = mind.mind.checkpoint()
        return run
    }

    @Test("minutes hold every reading once, with those of entities that came and went")
    func readings() throws {
        let seed = UInt64.random(in: 0 ... .max)
        let run = try run(seed: seed, restarts: false)
        var found: [Key: Summary] = [:]
        var last = Int64.min
        for rollUp in run.outcomes.flatMap(\.rollUps) {
            #expect(rollUp.closed >= last, "seed \(seed)")
            last = rollUp.closed
            for field in rollUp.fields {
                let key = Key(entity: rollUp.entity, field: field.name, minute: rollUp.period)
                found[key, default: Summary()].merge(field.summary)
            }
        }
        #expect(Set(found.keys) == Set(run.readings.keys), "seed \(seed)")
        for (key, readings) in run.readings {
            let summary = found[key] ?? Summary()
            #expect(summary.isRollUp(of: readings), "seed \(seed), \(key): \(summary)")
        }
    }

    @Test("minutes are the same live and after any restarts, and so is what is open")
    func restarts() throws {
        let seed = UInt64.random(in: 0 ... .max)
        let live = try run(seed: seed, restarts: false)
        let restarted = try run(seed: seed, restarts: true)
        #expect(live.outcomes.map(\.rollUps) == restarted.outcomes.map(\.rollUps), "seed \(seed)")
        #expect(live.checkpoint == restarted.checkpoint, "seed \(seed)")
    }

    @Test("parts that are merged are what the whole is, within the bounds that are stated")
    func merging() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let offsets: [Double] = [0, 1e3, -1e9]
            let offset: Double = offsets.randomElement(using: &random) ?? 0
            let readings = (0..<Int.random(in: 1...400, using: &random)).map { _ in
                offset + Double.random(in: -1...1, using: &random)
            }
            var whole = Summary()
            var merged = Summary()
            var part = Summary()
            for reading in readings {
                whole.add(reading)
                part.add(reading)
                if Int.random(in: 0..<7, using: &random) == 0 {
                    merged.merge(part)
                    part = Summary()
                }
            }
            merged.merge(part)
            #expect(whole.isRollUp(of: readings), "seed \(seed)")
            #expect(merged.isRollUp(of: readings), "seed \(seed)")
        }
    }
}

extension Summary {
    /// Exact but for mean and deviation, which are within the bounds of `Summary`.
    func isRollUp(of readings: [Double]) -> Bool {
        guard let least = readings.min(), let greatest = readings.max() else { return count == 0 }
        let size = max(abs(least), abs(greatest))
        let count = Double(readings.count)
        // About the middle, so that the oracle itself does not lose digits.
        let middle = (least + greatest) / 2
        let mean = readings.reduce(0) { $0 + ($1 - middle) } / count
        let square = readings.reduce(0) { $0 + ($1 - middle - mean) * ($1 - middle - mean) }
        return self.count == Int64(readings.count) && minimum == least && maximum == greatest
            && last == readings.last && abs(self.mean - middle - mean) <= 1e-12 * size
            && abs(deviation - (square / count).squareRoot()) <= 1e-9 * size
    }
}
