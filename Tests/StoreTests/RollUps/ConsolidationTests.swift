import Core
import TestSupport
import Testing

@testable import Store

@Suite("Consolidation of minutes into hours and days")
struct ConsolidationTests {
    private static let dump = """
        SELECT group_concat(line, ';') FROM (
            SELECT 'h' || period || entity || route || hex(fields) AS line FROM rollup_hour
            UNION ALL SELECT 'd' || period || entity || route || hex(fields) FROM rollup_day
            UNION ALL SELECT 'p' || period || entity || route || hex(rows) FROM rollup_place
            UNION ALL SELECT key || value FROM meta WHERE key LIKE 'rollup%')
        """

    /// Commits what a seed makes; how the work is cut, and when it is interrupted, is another's.
    private func run(
        seed: UInt64, cuts: UInt64?, rounds: Int = 250
    ) throws -> (dump: String?, scratch: Scratch, maker: RollUpMaker) {
        var dice = SeededGenerator(seed: cuts ?? 0)
        var scratch = try Scratch()
        var writer = try scratch.writer()
        var maker = RollUpMaker(seed: seed)
        for _ in 0..<rounds {
            try writer.commit(maker.next())
            guard cuts != nil else { continue }
            for _ in 0..<Int.random(in: 0...4, using: &dice) {
                var left = Int.random(in: 1...3, using: &dice)
                _ = try writer.consolidate(at: Resolution.minute.start(of: maker.minute)) {
                    left -= 1
                    return left <= 0
                }
            }
            if Int.random(in: 0..<12, using: &dice) == 0 {
                scratch = try scratch.crashedCopy()
                writer = try scratch.writer()
            }
        }
        try writer.consolidateAll(at: maker.minute + 200)
        try writer.close()
        return (try scratch.text(Self.dump), scratch, maker)
    }

    @Test("hours and days depend on the minutes only, not on slices, crashes and restarts")
    func slicing() throws {
        let seed = UInt64.random(in: 0 ... .max)
        let whole = try run(seed: seed, cuts: nil)
        #expect(whole.dump?.contains("rollup_written0") == true)
        for cuts in 1...3 as ClosedRange<UInt64> {
            let cut = try run(seed: seed, cuts: seed &+ cuts)
            #expect(cut.dump == whole.dump, "seed \(seed), \(cuts)")
        }
    }

    @Test("roll-ups of roll-ups are roll-ups of the readings")
    func readings() throws {
        let seed = UInt64.random(in: 0 ... .max)
        let (_, scratch, maker) = try run(seed: seed, cuts: seed)
        let reader = try StoreReader(path: scratch.path)
        for resolution in Resolution.allCases {
            try check(reader, maker, resolution, "seed \(seed)")
        }
    }

    /// Everything that was made, once, and nothing else.
    private func check(
        _ reader: StoreReader, _ maker: RollUpMaker, _ resolution: Resolution, _ comment: Comment
    ) throws {
        var count = 0
        for entity in ["a", "ab", "b", "é", "e\u{301}"] {
            let found = try reader.rollUps(
                RollUpQuery(entity: entity, resolution: resolution, first: 0, last: .max / 2))
            for rollUp in found {
                for field in rollUp.fields {
                    let values = maker.readings.filter { entry in
                        entry.rollUp.entity.hasSameBytes(as: entity)
                            && entry.rollUp.route == rollUp.route && entry.field == field.name
                            && entry.rollUp.period.floored(by: resolution.minutes) == rollUp.period
                    }.flatMap(\.values)
                    count += values.count
                    #expect(field.summary.count == Int64(values.count), comment)
                    #expect(field.summary.minimum == values.min(), comment)
                    #expect(field.summary.maximum == values.max(), comment)
                    #expect(field.summary.last == values.last, comment)
                    let mean = values.reduce(0, +) / Double(values.count)
                    #expect(abs(field.summary.mean - mean) < 1e-11, comment)
                    let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                    let deviation = (square / Double(values.count)).squareRoot()
                    #expect(abs(field.summary.deviation - deviation) < 1e-8, comment)
                }
            }
        }
        #expect(count == maker.readings.reduce(0) { $0 + $1.values.count }, comment)
    }

    @Test("a reader counts every minute once, also while a window is being written")
    func readingMeanwhile() throws {
        let seed = UInt64.random(in: 0 ... .max)
        let scratch = try Scratch()
        let writer = try scratch.writer()
        var maker = RollUpMaker(seed: seed)
        for _ in 0..<120 { try writer.commit(maker.next()) }
        let reader = try StoreReader(path: scratch.path)
        var checks = 0
        var isMore = true
        while isMore {
            isMore = try writer.consolidate(
                at: Resolution.minute.start(of: maker.minute), isOver: { true })
            checks += 1
            guard checks.isMultiple(of: 5) else { continue }
            for resolution in Resolution.allCases {
                try check(reader, maker, resolution, "seed \(seed), after \(checks)")
            }
        }
        #expect(checks > 20)
        for resolution in Resolution.allCases { try check(reader, maker, resolution, "\(seed)") }
    }

    @Test("minutes wait until their window is over; nothing is written for them before")
    func waiting() throws {
        let scratch = try Scratch()
        let writer = try scratch.writer()
        let hour: Int64 = 472_222
        let summary = Summary(count: 1, minimum: 1, maximum: 1, mean: 1, squares: 0, last: 1)
        func minute(_ offset: Int64, age: Int64 = 1) -> RollUp {
            let period = hour * 60 + offset
            return RollUp(
                entity: "a", route: "x", period: period, closed: period + age,
                fields: [RollUp.Field(name: "f", summary: summary)])
        }
        try writer.commit([minute(10), minute(58), minute(59), minute(61, age: 3)])
        try writer.consolidateAll(at: (hour + 1) * 60 + 4)
        #expect(writer.minutesWaiting == 4)
        #expect(try StoreReader(path: scratch.path).hasRollUps(of: "a"))
        try writer.consolidateAll(at: (hour + 1) * 60 + 5)
        #expect(writer.minutesWaiting == 0)
        #expect(try scratch.text("SELECT group_concat(period) FROM rollup_hour") == "472222,472223")
        // What comes late is merged into what is there.
        try writer.commit([minute(30, age: 40)])
        try writer.consolidateAll(at: (hour + 2) * 60 + 5)
        let reader = try StoreReader(path: scratch.path)
        #expect(try reader.hasRollUps(of: "a"))
        #expect(try !reader.hasRollUps(of: "b"))
        let query = RollUpQuery(entity: "a", resolution: .hour, first: hour, last: hour)
        #expect(try reader.rollUps(query).first?.fields.first?.summary.count == 4)
        #expect(try reader.rollUpCounts().tables.map(\.count) == [5, 2, 1])
    }
}
