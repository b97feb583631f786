import Core
import TestSupport

@testable import Store

/// Minutes as a mind closes them, at random: some late, some of a minute that was closed before.
struct RollUpMaker {
    private(set) var made: [RollUp] = []
    /// By entity, route and field, in the order of hearing.
    private(set) var readings: [(rollUp: RollUp, field: String, values: [Double])] = []
    private var random: SeededGenerator
    private var open: [String: Int64] = [:]
    private(set) var minute: Int64 = 28_333_300

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// What is closed in the next while.
    mutating func next() -> [RollUp] {
        let isLong = Int.random(in: 0..<30, using: &random) == 0
        minute += Int64.random(in: 0...(isLong ? 600 : 7), using: &random)
        var closed: [RollUp] = []
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let entity = ["a", "ab", "b", "é", "e\u{301}"].randomElement(using: &random) ?? ""
            let route = ["x", "y"].randomElement(using: &random) ?? ""
            let first = open[entity + "/" + route] ?? minute - 90
            let period = Int64.random(in: max(first, minute - 90)...minute, using: &random)
            open[entity + "/" + route] = period
            var rollUp = RollUp(
                entity: entity, route: route, period: period, closed: minute, fields: [])
            for field in ["temp", "rpm"] where Bool.random(using: &random) {
                let values = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                    Double.random(in: -9...9, using: &random)
                }
                var summary = Summary()
                for value in values { summary.add(value) }
                rollUp.fields.append(RollUp.Field(name: field, summary: summary))
                readings.append((rollUp, field, values))
            }
            if !rollUp.fields.isEmpty { closed.append(rollUp) }
        }
        made += closed
        return closed
    }
}

extension StoreWriter {
    /// Everything that can be consolidated, in slices of the given sizes.
    func consolidateAll(at minute: Int64, steps: () -> Int = { .max }) throws(CommitError) {
        let now = Resolution.minute.start(of: minute)
        var left = steps()
        func isOver() -> Bool {
            left -= 1
            return left <= 0
        }
        while try consolidate(at: now, isOver: isOver) { left = steps() }
    }

    func commit(_ rollUps: [RollUp]) throws(CommitError) {
        var batch = Batch()
        batch.rollUps = rollUps
        _ = try commit(batch, synced: false)
    }
}
