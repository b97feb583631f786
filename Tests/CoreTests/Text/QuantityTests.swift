import Core
import Testing

@Suite("Durations and sizes as text")
struct QuantityTests {
    @Test(
        "durations are read",
        arguments: [
            ("100ms", .milliseconds(100)), ("30s", .seconds(30)), ("5m", .seconds(300)),
            ("24h", .seconds(86_400)), ("7d", .seconds(604_800)), ("2w", .seconds(1_209_600)),
            ("1h30m", .seconds(5_400)), ("1m500ms", .milliseconds(60_500)), ("0s", .zero),
            ("7us", .microseconds(7)), ("007s", .seconds(7)),
        ] as [(String, Duration)])
    func durations(_ text: String, _ expected: Duration) throws {
        #expect(try Duration(text: text) == expected)
    }

    @Test(
        "a text that is no duration is refused with its reason",
        arguments: [
            ("", QuantityError.malformed("")), ("5", .malformed("5")), ("s", .malformed("s")),
            ("1h5", .malformed("1h5")), ("5m30s5m", .unordered("5m30s5m")),
            ("1s1s", .unordered("1s1s")),
            ("9999999999999999999s", .outOfRange("9999999999999999999s")),
            ("99999999999999w", .outOfRange("99999999999999w")),
            ("9223372036854s999999999ms", .outOfRange("9223372036854s999999999ms")),
        ])
    func badDurations(_ text: String, _ expected: QuantityError) {
        #expect(throws: expected) { try Duration(text: text) }
        #expect(!expected.description.isEmpty)
    }

    @Test(
        "an unknown unit is named with those that are known",
        arguments: ["5 m", "1.5h", "-5s", "3y"])
    func unknownUnits(_ text: String) {
        do {
            _ = try Duration(text: text)
            Issue.record("\(text) was accepted")
        } catch {
            switch error {
            case .unknownUnit(_, let known):
                #expect(known == ["w", "d", "h", "m", "s", "ms", "us"])
            case .malformed: #expect(text == "-5s")
            case .unordered, .outOfRange: Issue.record("\(error)")
            }
            #expect(!error.description.isEmpty)
        }
    }

    @Test(
        "durations are written as people would",
        arguments: [
            (.zero, "0s"), (.seconds(300), "5m"), (.seconds(90), "1m30s"), (.seconds(86_400), "1d"),
            (.seconds(1_209_600), "14d"), (.milliseconds(1_500), "1s500ms"),
            (.microseconds(3), "3us"),
            (.seconds(-90), "-1m30s"), (.nanoseconds(10), "0s"),
        ] as [(Duration, String)])
    func writing(_ duration: Duration, _ expected: String) {
        #expect(duration.text == expected)
    }

    @Test("every duration that is written is read again")
    func roundTrip() throws {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<5_000 {
            let bits = UInt64.random(in: 1..<64, using: &random)
            let duration = Duration.microseconds(Int64(random.next() >> bits))
            #expect(try Duration(text: duration.text) == duration, "\(duration) seed \(seed)")
        }
    }

    @Test(
        "sizes are read and written",
        arguments: [
            ("0", 0, "0B"), ("4096", 4_096, "4KiB"), ("10B", 10, "10B"),
            ("512KiB", 524_288, "512KiB"),
            ("64MB", 64_000_000, "64MB"), ("1GiB", 1 << 30, "1GiB"),
            ("1000001B", 1_000_001, "1000001B"),
            ("2TiB", 2 << 40, "2TiB"), ("5kB", 5_000, "5KB"), ("3TB", 3_000_000_000_000, "3TB"),
        ])
    func sizes(_ text: String, _ bytes: Int, _ written: String) throws {
        let size = try ByteSize(text: text)
        #expect(size == ByteSize(bytes: bytes))
        #expect(size.text == written)
        #expect(try ByteSize(text: written) == size)
        #expect(size < ByteSize(bytes: .max))
    }

    @Test("a text that is no size is refused with its reason")
    func badSizes() {
        #expect(throws: QuantityError.malformed("")) { try ByteSize(text: "") }
        #expect(throws: QuantityError.malformed("-1")) { try ByteSize(text: "-1") }
        #expect(throws: QuantityError.malformed("GiB")) { try ByteSize(text: "GiB") }
        #expect(throws: QuantityError.outOfRange("9999999999999999999999")) {
            try ByteSize(text: "9999999999999999999999")
        }
        #expect(throws: QuantityError.outOfRange("9999999999TiB")) {
            try ByteSize(text: "9999999999TiB")
        }
        #expect(throws: QuantityError.self) { try ByteSize(text: "1 GiB") }
        #expect(throws: QuantityError.self) { try ByteSize(text: "1.5GiB") }
    }
}
