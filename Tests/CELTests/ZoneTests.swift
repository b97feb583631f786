@testable import CEL
import Glibc
import Testing

struct ZoneTests {
    /// A TZif file of the second version: one transition and a rule.
    private func file(
        version: UInt8 = UInt8(ascii: "2"), transitions: [(Int64, UInt8)] = [(0, 1)],
        types: [Int32] = [3_600, 7_200], footer: String = "\nCET-1CEST,M3.5.0,M10.5.0/3\n"
    ) -> [UInt8] {
        func big(_ value: Int64, _ count: Int) -> [UInt8] {
            (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        func header(_ times: Int, _ types: Int) -> [UInt8] {
            Array("TZif".utf8) + [version] + Array(repeating: 0, count: 15) + big(0, 4) + big(0, 4)
                + big(0, 4) + big(Int64(times), 4) + big(Int64(types), 4) + big(4, 4)
        }
        func body(_ size: Int) -> [UInt8] {
            transitions.flatMap { big($0.0, size) } + transitions.map(\.1)
                + types.flatMap { big(Int64($0), 4) + [0, 0] } + Array("ABC\0".utf8)
        }
        let first = header(transitions.count, types.count) + body(4)
        return version == 0
            ? first : first + header(transitions.count, types.count) + body(8) + Array(footer.utf8)
    }

    @Test("a zone file gives the offsets before, between and after its transitions")
    func table() throws {
        let bytes = file(transitions: [(0, 1), (1_000, 0), (2_000, 1)])
        let zone = try #require(ZoneTable(bytes))
        #expect(
            [-1, 0, 999, 1_000, 1_999].map { zone.offset(at: $0) } == [
                3_600, 7_200, 7_200, 3_600, 3_600,
            ])
        // 2024-03-31T00:59:59Z and a second later; 2024-10-27T00:59:59Z and a second later.
        let changes: [Int64] = [1_711_846_799, 1_711_846_800, 1_729_990_799, 1_729_990_800]
        #expect(changes.map { zone.offset(at: $0) } == [3_600, 7_200, 7_200, 3_600])
    }

    @Test("a file of the first version, and one without transitions")
    func variants() throws {
        #expect(try #require(ZoneTable(file(version: 0))).offset(at: 5_000) == 7_200)
        let plain = try #require(ZoneTable(file(transitions: [], types: [-60], footer: "\n\n")))
        #expect(plain.offset(at: 5) == -60)
        let ruled = try #require(ZoneTable(file(transitions: [], footer: "\n<+0545>-5:45\n")))
        #expect(ruled.offset(at: 5) == 20_700)
    }

    @Test("a file that was cut off anywhere or changed is refused or read, never a crash")
    func brokenFiles() {
        let bytes = file()
        for count in 0..<(bytes.count - 30) {
            #expect(ZoneTable(Array(bytes.prefix(count))) == nil)
        }
        for index in bytes.indices {
            var changed = bytes
            changed[index] = 0xFF
            _ = ZoneTable(changed)?.offset(at: 1)
        }
        #expect(ZoneTable(file(transitions: [(0, 9)])) == nil)
        #expect(ZoneTable(file(transitions: [(5, 0), (5, 1)])) == nil)
        #expect(ZoneTable(file(types: [])) == nil)
    }

    @Test(
        "rules of POSIX tell summer from winter",
        arguments: [
            // 2024-01-15T00:00:00Z and 2024-07-15T00:00:00Z
            ("CET-1CEST,M3.5.0,M10.5.0/3", 3_600, 7_200),
            ("EST5EDT,M3.2.0,M11.1.0", -18_000, -14_400),
            ("AEST-10AEDT,M10.1.0,M4.1.0/3", 39_600, 36_000),
            ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 39_600, 37_800),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", 0, 3_600), ("UTC0", 0, 0),
            ("ABC1:02:03", -3_723, -3_723),
            ("AAA0BBB,J60,J300", 0, 3_600), ("AAA0BBB,59/-1,299/+25", 0, 3_600),
        ])
    func rules(_ text: String, _ january: Int64, _ july: Int64) throws {
        let rule = try #require(ZoneRule(Array(text.utf8)))
        #expect(rule.offset(at: 1_705_276_800) == january)
        #expect(rule.offset(at: 1_721_001_600) == july)
    }

    @Test(
        "texts that are no rules",
        arguments: [
            "", "A", "AB0", "<A", "ABC", "ABC200", "ABC0DEF", "ABC0DEF,M3.5.0",
            "ABC0DEF,M13.1.0,M1.1.0",
            "ABC0DEF,M1.6.0,M1.1.0", "ABC0DEF,M1.1.7,M1.1.0", "ABC0DEF,M1.1.0,M2.1.0x", "ABC0D",
            "ABC0DEF1:,M1.1.0,M2.1.0",
            "ABC0DEF,M1.1.0/,M2.1.0", "ABC0DEF,400,1",
        ])
    func noRules(_ text: String) {
        #expect(ZoneRule(Array(text.utf8)) == nil)
    }

    @Test(
        "the machine's zones are read by name",
        .enabled(
            if: access("\(ZoneCache.directory)/Europe/Paris", R_OK) == 0, "there is no tzdata"),
        arguments: [
            ("Europe/Paris", "2024-07-01T12:00:00Z", 14),
            ("Europe/Paris", "2050-07-01T12:00:00Z", 14),
            ("America/New_York", "2024-01-01T12:00:00Z", 7),
            ("Asia/Kathmandu", "2024-01-01T12:00:00Z", 17),
            ("Australia/Sydney", "2024-01-01T12:00:00Z", 23),
            ("US/Central", "2009-02-13T12:00:00Z", 6),
        ])
    func machineZones(_ name: String, _ text: String, _ hour: Int64) throws {
        for _ in 0..<2 {
            #expect(try evaluate("timestamp('\(text)').getHours('\(name)')") == .int(hour))
        }
    }
}
