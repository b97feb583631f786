import Core
import Testing

@Suite("JSON numbers")
struct JSONNumberTests {
    private func number(_ text: String) throws -> JSONNumber? {
        if case .number(let number) = try JSONScanner.scan(Array(text.utf8)) { number } else { nil }
    }

    @Test(
        "an integral number within Int64 is exact, however it is written",
        arguments: [
            ("0", 0), ("-0", 0), ("-0.0", 0), ("0e999999999999999999999", 0), ("81", 81),
            ("81.0", 81), ("8.1e1", 81), ("8.10E+1", 81), ("810e-1", 81), ("-81.000", -81),
            ("1e18", 1_000_000_000_000_000_000), ("9007199254740993", 9_007_199_254_740_993),
            ("9223372036854775807", .max), ("9223372036854775807.0", .max),
            ("9.223372036854775807e18", .max), ("-9223372036854775808", .min),
            ("-9223372036854775808.00", .min),
            ("12345678901234567890e-1", 1_234_567_890_123_456_789),
            ("100000000000000000000000e-20", 1000), ("0.00000000000000000000001e23", 1),
            ("1e-400", 0), ("-1e-999999999999", 0),
        ] as [(String, Int64)])
    func integral(_ text: String, _ expected: Int64) throws {
        #expect(try number(text) == .int(expected))
    }

    @Test(
        "every other number is the nearest double",
        arguments: [
            ("0.1", 0.1), ("-1.5", -1.5), ("3.141592653589793", 3.141592653589793),
            ("9223372036854775808", 0x1p63), ("-9223372036854775809", -0x1p63),
            ("1e22", 1e22), ("1e23", 1e23), ("123456789012345678.5", 123_456_789_012_345_680),
            ("1.7976931348623157e308", .greatestFiniteMagnitude),
            ("5e-324", .leastNonzeroMagnitude), ("2.4703282292062328e-324", .leastNonzeroMagnitude),
            ("2.2250738585072011e-308", .leastNormalMagnitude.nextDown),
            ("0.30000000000000004", 0.30000000000000004),
            ("1.00000000000000011102230246251565404236316680908203124", 1.0),
            ("1.00000000000000011102230246251565404236316680908203125", 1.0),
            ("1.00000000000000011102230246251565404236316680908203126", 1.0000000000000002),
        ] as [(String, Double)])
    func doubles(_ text: String, _ expected: Double) throws {
        #expect(try number(text)?.double == expected)
        #expect(try number(text) == JSONNumber(expected))
    }

    @Test("short decimals are read as the standard library reads them")
    func shortDecimals() throws {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<20_000 {
            let whole = UInt64.random(in: 0...UInt64(1) << Int.random(in: 0...40), using: &random)
            let digits = (0..<Int.random(in: 0...12, using: &random)).map { _ in
                // Zeros most of all: at the end they may make it an integer.
                String(max(0, Int.random(in: -9...9, using: &random)))
            }
            let sign = Bool.random(using: &random) ? "-" : ""
            let text = sign + "\(whole)" + (digits.isEmpty ? "" : "." + digits.joined())
            let expected = JSONNumber(try #require(Double(text)))
            #expect(try number(text) == expected, "\(text) seed \(seed)")
        }
        for text in ["01", "-01.5", "1.", "-", "1.e3", "00", "-.5", "0x1"] {
            expect(.malformed) { () throws(JSONError) in try JSONScanner.scan(Array(text.utf8)) }
        }
    }

    @Test(
        "a number beyond a double is refused",
        arguments: ["1e309", "-1e309", "1.7976931348623159e308", "1e99999999999999999999", "9e400"])
    func tooLarge(_ text: String) {
        expect(.numberOutOfRange, at: 1) { () throws(JSONError) in
            try JSONScanner.scan(Array("[\(text)]".utf8))
        }
    }

    @Test("rounding is right where only the thousandth digit decides")
    func farDigits() throws {
        // Exactly half-way between 1 and the next double, then a digit far behind.
        let half = "1.00000000000000011102230246251565404236316680908203125"
        let zeros = String(repeating: "0", count: 2_000)
        #expect(try number(half + zeros)?.double == 1.0)
        #expect(try number(half + zeros + "1")?.double == 1.0000000000000002)
        #expect(try number("-" + half + zeros + "1")?.double == -1.0000000000000002)
    }

    @Test("a megabyte of digits is read in linear time")
    func hugeDigits() throws {
        let digits = String(repeating: "7", count: 1 << 20)
        #expect(try number("0.\(digits)")?.double == 0.7777777777777778)
        #expect(try number("\(digits)e-\(1 << 20)")?.double == 0.7777777777777778)
        expect(.numberOutOfRange) { () throws(JSONError) in
            try JSONScanner.scan(Array(digits.utf8))
        }
        let zeros = String(repeating: "0", count: 1 << 20)
        #expect(try number("0.\(zeros)1e\(1 << 20 + 1)") == .int(1))
        #expect(try number("1\(zeros)e-\(1 << 20)") == .int(1))
    }

    @Test("every double that is written is read again, bit for bit")
    func roundTrip() throws {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<20_000 {
            let double = Double(bitPattern: random.next())
            guard double.isFinite else { continue }
            // Above 2^53 the shortest text of a double may name a neighbouring integer.
            let read = try number(double.description)
            #expect(read?.double == double, "\(double) seed \(seed)")
            let short = Double(Int.random(in: -99_999...99_999, using: &random)) / 1_000
            #expect(try number("\(short)")?.double == short, "\(short) seed \(seed)")
            let int = Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random)
            #expect(try number("\(int)") == .int(int), "\(int) seed \(seed)")
        }
    }

    @Test("decimals are rounded as the standard library rounds them")
    func agreement() throws {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<20_000 {
            let digits = random.next() >> UInt64.random(in: 0..<64, using: &random)
            let text =
                "\(digits).\(random.next() >> 40)e\(Int.random(in: -345...285, using: &random))"
            let expected = Double(text)
            #expect(try number(text)?.double == expected, "\(text) seed \(seed)")
        }
    }
}
