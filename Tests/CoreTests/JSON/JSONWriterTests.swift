import Testing

@testable import Core

@Suite("The JSON writer")
struct JSONWriterTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("an object is written as it is told, compact and in order")
    func building() {
        let bytes = JSONWriter.object {
            $0.member("status", "online")
            $0.member("seq", 7)
            $0.member("big", Int64.min)
            $0.member("score", -1.0)
            $0.member("ok", true)
            $0.member("at", Timestamp(microseconds: 1_500))
            $0.member("tags", ["a", "b"])
            $0.member("reason", ifPresent: nil)
            $0.member("details", ifPresent: "d")
            $0.member("value", .array([.null, .bool(false)]))
            $0.member("decision", raw: Array("{\"x\":1}".utf8))
            $0.object("empty") { _ in }
            $0.object("store") { $0.member("rows", 12) }
            $0.array("list") {
                $0.int(1)
                $0.raw([UInt8(ascii: "2")])
                $0.array { _ in }
                $0.object { $0.member("y", "z") }
                $0.null()
            }
        }
        let expected =
            #"{"status":"online","seq":7,"big":-9223372036854775808,"score":-1.0,"ok":true,"#
            + #""at":"1970-01-01T00:00:00.001Z","tags":["a","b"],"details":"d","#
            + #""value":[null,false],"decision":{"x":1},"empty":{},"store":{"rows":12},"#
            + #""list":[1,2,[],{"y":"z"},null]}"#
        #expect(text(bytes) == expected)
    }

    @Test(
        "only what must be escaped is escaped",
        arguments: [
            ("", "\"\""), ("plain", #""plain""#), ("é€😀\u{7f}\u{2028}/", "\"é€😀\u{7f}\u{2028}/\""),
            ("a\"b\\c", #""a\"b\\c""#), ("\n\t\r\u{8}\u{c}", #""\n\t\r\b\f""#),
            ("\0\u{1}\u{f}\u{10}\u{1f}", #""\u0000\u0001\u000f\u0010\u001f""#),
        ])
    func escaping(_ value: String, _ expected: String) {
        #expect(text(JSONValue.string(value).encoded()) == expected)
    }

    @Test(
        "a double is shortest and never looks like an integer",
        arguments: [
            (0.0, "0.0"), (-0.0, "-0.0"), (10.0, "10.0"), (0.1, "0.1"), (1e16, "1e+16"),
            (.leastNonzeroMagnitude, "5e-324"),
            (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
            (.nan, "null"), (.infinity, "null"), (-.infinity, "null"),
        ] as [(Double, String)])
    func doubles(_ value: Double, _ expected: String) {
        var writer = JSONWriter()
        writer.double(value)
        #expect(text(writer.bytes) == expected)
        if value.isFinite { #expect(Double(expected) == value) }
    }

    @Test("a double is written as Swift describes it, however many digits it has")
    func doublesOfAnyLength() {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        for round in 0..<20_000 {
            let units = Double(Int64(bitPattern: random.next()) >> (round % 60))
            for value in [
                units, units / 10, units / 10_000, units / 100_000, units / 1_024,
                (units / 10_000).nextUp, Double(bitPattern: random.next()),
            ] {
                var writer = JSONWriter()
                writer.double(value)
                let expected = value.isFinite ? value.description : "null"
                #expect(text(writer.bytes) == expected, "seed \(seed)")
            }
        }
    }

    @Test("an integer is written as Swift describes it")
    func integers() {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        let drawn = (0..<2_000).map { Int64(bitPattern: random.next()) >> ($0 % 64) }
        for value in drawn + [0, 9, 10, 99, 100, -1, -10, .min, .max] {
            var writer = JSONWriter()
            writer.int(value)
            #expect(text(writer.bytes) == value.description, "seed \(seed)")
        }
    }

    @Test("what must be escaped is found wherever it stands, and nothing else is taken for it")
    func everyPlace() {
        for length in 1...26 {
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max {
                    var content = Array(repeating: UInt8(ascii: "!"), count: length)
                    content[place] = byte
                    // A byte of a longer character counts by itself here.
                    let isFound = content.withUnsafeBufferPointer { JSONEscape.isNeeded(in: $0) }
                    let isExpected = byte < 0x20 || byte == 0x22 || byte == 0x5C
                    if isFound != isExpected { Issue.record("\(byte) at \(place) of \(length)") }
                }
            }
        }
    }

    @Test("a comma, a name and a colon stand around what is escaped too")
    func escapedMembers() {
        let bytes = JSONWriter.object {
            $0.member("a\n", "x\"")
            $0.member("b", "y")
            $0.array("c\\") { list in
                list.string("\t")
                list.string("")
                list.time(Timestamp(microseconds: 0))
            }
        }
        #expect(
            text(bytes)
                == #"{"a\n":"x\"","b":"y","c\\":["\t","","1970-01-01T00:00:00.000Z"]}"#)
    }

    @Test("numbers are written by their kind")
    func numbers() {
        #expect(text(JSONValue.number(.int(-5)).encoded()) == "-5")
        #expect(text(JSONValue.number(.double(2.5)).encoded()) == "2.5")
        #expect(text(JSONValue.bool(true).encoded()) == "true")
    }

    @Test("what is written is read again as the same value")
    func roundTrip() throws {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<2_000 {
            let value = Self.randomValue(&random, depth: 4)
            let bytes = value.encoded()
            #expect(try JSONScanner.scan(bytes) == value, "\(text(bytes)) seed \(seed)")
            #expect(try JSONScanner.scan(bytes).encoded() == bytes, "seed \(seed)")
        }
    }

    static func randomValue(_ random: inout SplitMix64, depth: Int) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .number(.int(Int64(bitPattern: random.next())))
        case 3: return .number(JSONNumber(Double.random(in: -1e9...1e9, using: &random)))
        case 4: return .string(randomText(&random))
        case 5, 6:
            return .array(
                (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                    randomValue(&random, depth: depth - 1)
                })
        default:
            let count = Int.random(in: 0..<25, using: &random)
            return .object(
                JSONObject(
                    (0..<count).map {
                        .init(
                            name: randomText(&random) + "#\($0)",
                            value: randomValue(&random, depth: depth - 3))
                    }))
        }
    }

    static func randomText(_ random: inout SplitMix64) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0..<20, using: &random) {
            let bits = UInt32.random(in: 0..<32, using: &random)
            let value = UInt32.random(in: 0..<0x11_0000, using: &random) >> (bits % 18)
            text.unicodeScalars.append(Unicode.Scalar(value) ?? "x")
        }
        return text
    }
}
