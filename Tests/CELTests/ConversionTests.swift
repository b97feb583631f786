import CEL
import Testing

struct ConversionTests {
    @Test(
        "conversions keep the value",
        arguments: [
            ("int('-42')", .int(-42)), ("int('+5')", .int(5)), ("int(2.9)", .int(2)),
            ("int(7u)", .int(7)),
            ("int(timestamp('1970-01-01T00:00:01.9Z'))", .int(1)), ("uint('7')", .uint(7)),
            ("uint(7)", .uint(7)), ("uint(7.9)", .uint(7)), ("double('1e3')", .double(1_000)),
            ("double(1u)", .double(1)), ("double('-Infinity')", .double(-.infinity)),
            ("bool('t')", .bool(true)), ("bool('FALSE')", .bool(false)),
            ("bytes('é')", .bytes([0xC3, 0xA9])),
            ("bytes(b'a')", .bytes([97])), ("string(b'\\xc3\\xa9')", .string("é")),
            ("string(true)", .string("true")), ("string(1u)", .string("1")),
            ("string('a')", .string("a")),
            ("string(timestamp('2009-02-13T23:31:30.500Z'))", .string("2009-02-13T23:31:30.5Z")),
            ("string(duration('1h0.5s'))", .string("3600.5s")), ("type(1.5)", .type(.double)),
            ("dyn(1)", .int(1)), ("timestamp(0) == timestamp('1970-01-01T00:00:00Z')", .bool(true)),
        ] as [(String, Value)])
    func conversions(_ source: String, _ value: Value) throws {
        #expect(try evaluate(source) == value)
    }

    @Test(
        "doubles are written as the shortest decimal",
        arguments: [
            (0.0, "0"), (-0.0, "-0"), (1.0, "1"), (81.0, "81"), (123.456, "123.456"),
            (-0.0045, "-0.0045"),
            (1e6, "1000000"), (123456789012.5, "123456789012.5"), (1e20, "100000000000000000000"),
            (1e21, "1e+21"), (1.5e300, "1.5e+300"), (1e-5, "0.00001"), (1.5e-7, "1.5e-07"),
            (.leastNonzeroMagnitude, "5e-324"),
            (0.1, "0.1"), (.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
            (9_007_199_254_740_992, "9007199254740992"),
        ])
    func doubles(_ value: Double, _ text: String) throws {
        #expect(try evaluate("string(x)", ["x": .double(value)]) == .string(text))
    }

    @Test(
        "conversions refuse what does not fit or is not such a value",
        arguments: [
            "int('1.5')", "int('')", "int('0x1')", "int(1e19)", "int(-9223372036854775808.0)",
            "int(0.0/0.0)",
            "int(18446744073709551615u)", "int(true)", "uint('-1')", "uint('+1')", "uint(-1)",
            "uint(-0.5)",
            "uint(18446744073709551616.0)", "uint(null)", "double('x')", "double('1e999')",
            "double(true)",
            "bool('tRue')", "bool(1)", "bytes(1)", "string(b'\\xff')", "string(null)",
            "string([1])",
            "timestamp('2009-02-30T00:00:00Z')", "timestamp(253402300800)", "timestamp(1.5)",
            "duration('1')",
            "duration('1y')", "duration(1)", "duration('9223372036854775808ns')",
        ])
    func refused(_ source: String) throws {
        let error = try #require(try failure(source))
        #expect(!error.message.isEmpty)
    }

    @Test("a long text is cut where a message quotes it")
    func excerpt() throws {
        let text = String(repeating: "x", count: 100)
        let error = try #require(try failure("int(t)", ["t": .string(text)]))
        #expect(error.message.utf8.count < 80)
    }
}
