import CEL
import Core
import Testing

struct EncoderTests {
    @Test(
        "base 64 goes both ways, with or without padding",
        arguments: [
            ("base64.encode(b'hello')", .string("aGVsbG8=")), ("base64.encode(b'')", .string("")),
            ("base64.decode('aGVsbG8=')", .bytes(Array("hello".utf8))),
            ("base64.decode('aGVsbG8')", .bytes(Array("hello".utf8))),
            ("base64.decode('aA')", .bytes([104])), ("base64.decode('')", .bytes([])),
            ("base64.decode(base64.encode(b'\\xff\\x00'))", .bytes([255, 0])),
        ] as [(String, Value)])
    func values(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source) == value)
    }

    @Test(
        "other texts and kinds are refused",
        arguments: [
            "base64.decode('a')", "base64.decode('a===')", "base64.decode('a b=')",
            "base64.decode('aGVsbG8==')", "base64.decode(b'')", "base64.encode('a')",
        ])
    func refused(_ source: String) throws {
        #expect(try failure(source) != nil)
    }

    @Test("a text that would pass the bound is an error")
    func bound() throws {
        let bytes = Value.bytes(Array(repeating: 0, count: Limits.valueBytesMax))
        #expect(
            try failure("base64.encode(b)", ["b": bytes])?.reason == .tooLarge("a string"))
    }
}
