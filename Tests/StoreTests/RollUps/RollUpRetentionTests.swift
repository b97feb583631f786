import Core
import Testing

@testable import Store

@Suite("Retention of roll-ups")
struct RollUpRetentionTests {
    private let scratch: Scratch
    private let writer: StoreWriter
    private let start: Int64 = 28_333_320

    init() throws {
        scratch = try Scratch()
        writer = try scratch.writer()
    }

    private func fill(_ minutes: Range<Int64>, every step: Int = 1) throws {
        var summary = Summary()
        for value in [1.0, 2.5, -3] { summary.add(value) }
        for minute in stride(from: minutes.lowerBound, to: minutes.upperBound, by: step) {
            try writer.commit([
                RollUp(
                    entity: "a", route: "x", period: start + minute, closed: start + minute + 1,
                    fields: [RollUp.Field(name: "f", summary: summary)])
            ])
        }
    }

    private func trim(
        _ retention: RollUpRetention = RollUpRetention(), maxBytes: Int64 = 1 << 30,
        at minute: Int64,
        slice: Int = 100
    ) throws -> Bool {
        try writer.trimRollUps(
            retention, maxBytes: maxBytes, now: Resolution.minute.start(of: start + minute),
            slice: slice)
    }

    private func counts() throws -> [Int] {
        try StoreReader(path: scratch.path).rollUpCounts().tables.map(\.count)
    }

    @Test("each resolution has an age of its own, and goes in slices")
    func ages() throws {
        try fill(0..<3_000)
        try writer.consolidateAll(at: start + 3_200)
        #expect(try counts() == [3_000, 50, 3])
        var retention = RollUpRetention()
        retention.minute = .seconds(600 * 60)
        #expect(try trim(retention, at: 3_000))
        #expect(try counts()[0] == 2_900)
        while try trim(retention, at: 3_000) {}
        // One that is a minute older by its closing is kept.
        #expect(try counts() == [601, 50, 3])
        #expect(try scratch.text("SELECT count(*) FROM rollup_place") == "11")
        retention.hour = .seconds(24 * 3_600)
        while try trim(retention, at: 3_000, slice: 3) {}
        #expect(try counts() == [601, 24, 3])
        retention.day = .seconds(24 * 3_600)
        while try trim(retention, at: 3_000) {}
        #expect(try counts()[2] == 1)
    }

    @Test("a minute is not deleted before it is in its hour")
    func unconsolidated() throws {
        try fill(0..<200)
        var retention = RollUpRetention()
        retention.minute = .seconds(1)
        #expect(try !trim(retention, at: 100_000))
        #expect(try counts()[0] == 200)
        try writer.consolidateAll(at: start + 190)
        while try trim(retention, at: 100_000) {}
        #expect(try counts()[0] == writer.minutesWaiting)
        #expect(writer.minutesWaiting > 0)
        try writer.consolidateAll(at: start + 300)
        while try trim(retention, at: 100_000) {}
        #expect(try counts() == [0, 4, 2])
        // Rows go on where they were, so that what is consolidated stays behind them.
        try writer.close()
        let next = try scratch.writer()
        try next.commit([
            RollUp(
                entity: "a", route: "x", period: start + 400, closed: start + 401,
                fields: [
                    RollUp.Field(
                        name: "f",
                        summary: Summary(
                            count: 1, minimum: 1, maximum: 1, mean: 1, squares: 0, last: 1))
                ])
        ])
        #expect(try scratch.text("SELECT row FROM rollup_minute") == "201")
        #expect(next.minutesWaiting == 1)
    }

    @Test("minutes take at most their share of the store")
    func share() throws {
        try fill(0..<2_000)
        try writer.consolidateAll(at: start + 2_200)
        while try trim(maxBytes: 100_000, at: 2_000) {}
        let kept = try counts()[0]
        #expect(kept > 300 && kept < 700, "\(kept)")
        // Hours and days are within theirs.
        #expect(try counts().dropFirst() == [34, 3])
    }

    @Test("hours and days take at most their shares of the store, and the oldest go first")
    func hoursAndDays() throws {
        let end: Int64 = 100 * 1_440
        try fill(0..<end, every: 1_440)
        try writer.consolidateAll(at: start + end)
        var retention = RollUpRetention()
        retention.minute = .seconds(365 * 86_400)
        while try trim(retention, at: end, slice: 7) {}
        #expect(try counts() == [100, 100, 100])
        // A row counts as 92 bytes. The newest is not counted until there is a newer one.
        let row: Int64 = 92
        let maxBytes = 50 * row * Limits.hoursShare
        while try trim(retention, maxBytes: maxBytes, at: end, slice: 7) {}
        #expect(try counts() == [100, 51, 26])
        let oldest = try scratch.text("SELECT min(period) FROM rollup_hour")
        #expect(oldest == "\(start / 60 + 49 * 24)")
        // After a start they are counted anew.
        try writer.close()
        let next = try scratch.writer()
        let now = Resolution.minute.start(of: start + end)
        while try next.trimRollUps(retention, maxBytes: maxBytes / 2, now: now, slice: 7) {}
        #expect(try counts() == [100, 26, 13])
    }

    @Test("a row that SQLite puts into pages of its own counts as those")
    func largeRows() {
        #expect(RollUpSize.bytes(ofFields: 340) == 388)
        #expect(RollUpSize.bytes(ofFields: 1_100) == 4_608)
        #expect(RollUpSize.bytes(ofFields: 6_000) == 8_704)
    }

    @Test("a step down drops roll-ups, and the step up begins anew")
    func migration() throws {
        try fill(0..<100)
        try writer.consolidateAll(at: start + 300)
        try writer.close()
        try StoreWriter.migrate(path: scratch.path, to: 6)
        #expect(try scratch.text("SELECT count(*) FROM meta WHERE key LIKE 'rollup%'") == "0")
        #expect(
            try scratch.text("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'rollup%'") == "0")
        let again = try scratch.writer()
        try again.commit([
            RollUp(entity: "a", route: "x", period: start, closed: start + 1, fields: [])
        ])
        #expect(again.minutesWaiting == 1)
        #expect(try counts() == [1, 0, 0])
    }

    @Test("a failed slice leaves everything as it was")
    func failure() throws {
        try fill(0..<100)
        try scratch.execute("DROP TABLE rollup_day")
        #expect(throws: CommitError.self) { try writer.consolidateAll(at: start + 300) }
        #expect(writer.minutesWaiting == 100)
        #expect(try scratch.text("SELECT count(*) FROM rollup_hour") == "0")
        let day =
            "(period, entity, route, fields, PRIMARY KEY (period, entity, route)) WITHOUT ROWID"
        try scratch.execute("CREATE TABLE rollup_day \(day)")
        try writer.consolidateAll(at: start + 300)
        #expect(try counts() == [100, 2, 1])
    }

    @Test("what is not a roll-up's bytes is damage, never a crash")
    func coding() {
        let fields = [
            RollUp.Field(
                name: "a.b",
                summary: Summary(
                    count: 3, minimum: -0.0, maximum: 2, mean: 1, squares: 2, last: 0)),
            RollUp.Field(
                name: "",
                summary: Summary(count: 300, minimum: 7, maximum: 7, mean: 7, squares: 0, last: 7)),
        ]
        let bytes = RollUpCoding.encode(fields)
        #expect(RollUpCoding.decode(bytes) == fields)
        for count in 1..<bytes.count where RollUpCoding.decode(Array(bytes.prefix(count))) != nil {
            #expect(RollUpCoding.decode(Array(bytes.prefix(count))) == [fields[0]])
        }
        let rows: [Int64] = [1, 2, 400, .max / 2]
        #expect(RollUpCoding.decode(rows: RollUpCoding.encode(rows: rows)) == rows)
        #expect(RollUpCoding.decode(rows: [0x80]) == nil)
        #expect(RollUpCoding.decode([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]) == nil)
    }
}
