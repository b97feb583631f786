import Core
import Testing

@Suite("The JSON scanner")
struct JSONScannerTests {
    private func scan(_ text: String) throws(JSONError) -> JSONValue {
        try JSONScanner.scan(Array(text.utf8))
    }

    @Test("a device's message is read whole, in its order")
    func telemetry() throws {
        let value = try scan(
            #" {"temp":81.5,"rpm":1500 , "unit":"C","ok":true,"err":null,"v":[1,2.5,"x"]} "#)
        let names = value.object?.members.map(\.name)
        #expect(names == ["temp", "rpm", "unit", "ok", "err", "v"])
        #expect(value["temp"]?.double == 81.5)
        #expect(value["rpm"]?.int == 1500)
        #expect(value["unit"]?.string == "C")
        #expect(value["ok"]?.bool == true)
        #expect(value["err"] == .null)
        #expect(
            value["v"]?.array == [.number(.int(1)), .number(.double(2.5)), .string("x")])
        #expect(value["nothing"] == nil)
        #expect(value["temp"]?["x"] == nil)
    }

    @Test("an accessor gives nil for another kind")
    func accessors() {
        let kinds: [JSONValue] = [
            .null, .bool(true), .number(.int(1)), .string("a"), .array([]), .object(.init()),
        ]
        #expect(kinds.map { $0.bool != nil } == [false, true, false, false, false, false])
        #expect(kinds.map { $0.int != nil } == [false, false, true, false, false, false])
        #expect(kinds.map { $0.double != nil } == [false, false, true, false, false, false])
        #expect(kinds.map { $0.string != nil } == [false, false, false, true, false, false])
        #expect(kinds.map { $0.array != nil } == [false, false, false, false, true, false])
        #expect(kinds.map { $0.object != nil } == [false, false, false, false, false, true])
        #expect(JSONValue.number(.double(0.5)).int == nil)
    }

    @Test(
        "scalars and white space are documents too",
        arguments: [
            ("null", JSONValue.null), (" true\n", .bool(true)), ("\tfalse\r", .bool(false)),
            ("\"\"", .string("")), ("[]", .array([])), ("{}", .object(.init())),
            ("[ ]", .array([])), ("{ }", .object(.init())),
            ("[[],[]]", .array([.array([]), .array([])])),
        ])
    func documents(_ text: String, _ expected: JSONValue) throws {
        #expect(try scan(text) == expected)
    }

    @Test(
        "strings keep every character",
        arguments: [
            (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{c}\n\r\tz"),
            (#""\u0041\u00e9\u20AC""#, "Aé€"),
            (#""\ud83d\ude00!""#, "😀!"),
            (#""\uD83D\uDE00""#, "😀"),
            (#""\u0000""#, "\0"),
            ("\"é€😀\u{10FFFD}\u{7f}\"", "é€😀\u{10FFFD}\u{7f}"),
            (#""é\n€""#, "é\n€"),
            (
                "\"a string that is longer than fifteen bytes\"",
                "a string that is longer than fifteen bytes"
            ),
        ])
    func strings(_ text: String, _ expected: String) throws {
        let value = try scan(text)
        #expect(value.string.map { Array($0.utf8) } == Array(expected.utf8))
    }

    @Test("noncharacters are characters enough")
    func noncharacters() throws {
        #expect(
            try scan(#""\uffff\uFDD0""#).string?.unicodeScalars.map(\.value) == [0xFFFF, 0xFDD0])
    }

    @Test("names that differ by a composed accent are two names")
    func normalization() throws {
        let value = try scan("{\"e\u{301}\":1,\"\u{e9}\":2}")
        #expect(value["e\u{301}"]?.int == 1)
        #expect(value["\u{e9}"]?.int == 2)
    }

    @Test("the deepest and the widest document are read, one more is refused")
    func bounds() throws {
        let depth = Limits.jsonDepthMax
        _ = try scan(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
        let open = String(repeating: "[", count: depth + 1)
        expect(.tooDeep, at: depth) { () throws(JSONError) in try scan(open) }
        expect(.tooDeep, at: 5 * depth) { () throws(JSONError) in
            try scan(String(repeating: #"{"a":"#, count: 100_000))
        }
        let wide = repeatElement("1", count: Limits.jsonElementsMax).joined(separator: ",")
        #expect(try scan("[\(wide)]").array?.count == Limits.jsonElementsMax)
        expect(.tooManyElements) { () throws(JSONError) in try scan("[\(wide),1]") }
        let members = (0..<Limits.jsonElementsMax).map { "\"\($0)\":0" }.joined(separator: ",")
        #expect(try scan("{\(members)}").object?.members.count == Limits.jsonElementsMax)
        expect(.tooManyElements) { () throws(JSONError) in try scan("{\(members),\"x\":0}") }
    }

    @Test("a name that comes twice is found among few and among many")
    func duplicates() {
        for count in [1, 2, 15, 16, 17, 40, 5_000] {
            let members = (0..<count).map { "\"\($0)\":0" }.joined(separator: ",")
            for twice in [0, count - 1] {
                expect(.duplicateKey, at: members.utf8.count + 2) { () throws(JSONError) in
                    try scan("{\(members),\"\(twice)\":1}")
                }
            }
        }
        expect(.duplicateKey) { () throws(JSONError) in try scan(#"{"a":1,"\u0061":2}"#) }
        expect(.duplicateKey) { () throws(JSONError) in try scan(#"{"\u0061":1,"b":2,"a":3}"#) }
    }

    @Test("an error names line, column and offset")
    func places() {
        do {
            _ = try scan("{\n  \"é\": tru\n}")
            Issue.record("it was accepted")
        } catch {
            #expect(error.line == 2)
            #expect(error.column == 8)
            #expect(error.offset == 10)
            #expect(error.code == .malformed)
            #expect(error.description.hasPrefix("line 2, column 8: "))
        }
    }

    @Test("a document beyond the bound is refused")
    func tooLarge() {
        let bytes = [UInt8](repeating: UInt8(ascii: " "), count: Limits.jsonBytesMax + 1)
        expect(.tooLarge) { () throws(JSONError) in try JSONScanner.scan(bytes) }
    }
}

/// Expects the scanner's refusal; typed throws keep the error's fields at hand.
func expect(
    _ code: JSONError.Code, at offset: Int? = nil,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws(JSONError) -> JSONValue
) {
    do {
        let value = try body()
        let text = String(decoding: value.encoded().prefix(200), as: UTF8.self)
        Issue.record("accepted as \(text)", sourceLocation: sourceLocation)
    } catch {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        if let offset { #expect(error.offset == offset, sourceLocation: sourceLocation) }
        #expect(!error.message.isEmpty, sourceLocation: sourceLocation)
    }
}
