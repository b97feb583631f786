import Core

/// Documents that no agent should accept, with what it says to each.
enum HostileJSON {
    static let texts: [(String, JSONError.Code)] = malformed.map { ($0, .malformed) } + others

    private static let malformed = [
        "", " ", "\n\n", "nul", "nulll", "True", "TRUE", "tru", "t", "undefined", "NaN", "Infinity",
        "-Infinity", "-", "+1", "--1", "01", "-01", "00", "1.", ".5", "-.5", "1.e1", "1e", "1e+",
        "1e-", "1E", "0x10", "1_000", "1 2", "1,", "0e", "1.5.5", "1e5.5", "１",
        "\"", "\"a", "\"a\\", "\"\\u", "\"\\u12", "\"\\u123\"", "\"\\u12G4\"", "\"\\x41\"",
        "\"\\'\"",
        "\"\\U0041\"", "\"\\\n\"", "'a'", "\"a\nb\"", "\"a\tb\"", "\"a\0b\"", "\"\u{1f}\"",
        "\"\\n\u{1}\"", "\"\\n", "a",
        "[", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1;2]", "]", "[1}", "[1]]",
        "[\"a\"", "[1],", "[\u{a0}1]", "[1]\0", "\0",
        "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\"}",
        "{\"a\" 1}", "{\"a\"::1}", "{\"a\":1:2}", "{a:1}", "{1:1}", "{'a':1}", "{\"a\":1]",
        "{\"a\",1}",
        "{null:1}", "}", "{\"a\":1}}", "{\"a\":1 \"b\":2}", "{\"a\":1}x", "{\"a\":}",
        "// c\n1", "/* c */1", "[1]// c", "#", "\u{feff}1", "\u{2028}1",
    ]

    private static let others: [(String, JSONError.Code)] = [
        (#""\ud800""#, .invalidUTF8), (#""\udc00""#, .invalidUTF8),
        (#""\ud800\ud800""#, .invalidUTF8), (#""\ud800x""#, .invalidUTF8),
        (#""\ud800\n""#, .invalidUTF8), (#""\ud800\u0041""#, .invalidUTF8),
        (#""\udc00\ud800""#, .invalidUTF8), (#"{"\ud800":1}"#, .invalidUTF8),
        (#"{"a":1,"a":1}"#, .duplicateKey), (#"{"":1,"":1}"#, .duplicateKey),
        (#"[{"a":{"b":1,"b":2}}]"#, .duplicateKey), ("1e999", .numberOutOfRange),
        (#"{"a":-1e999}"#, .numberOutOfRange),
    ]

    /// Inside of a string each; ill-formed by table 3-7 of the Unicode standard.
    static let badUTF8: [[UInt8]] = [
        [0x80], [0xBF], [0xC0, 0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xC2], [0xC2, 0x41],
        [0xE0, 0x80, 0xAF],
        [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xE2, 0x82, 0x41], [0xED, 0xA0, 0x80],
        [0xED, 0xBF, 0xBF],
        [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98],
        [0xF0, 0x9F, 0x41, 0x80],
        [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFE],
        [0xFF],
        [0xE2, 0x28, 0xA1], [0xF0, 0x28, 0x8C, 0xBC], [0xF1, 0x80, 0x80, 0x28],
        [0xF3, 0x80, 0xFF, 0x80],
    ]
}
