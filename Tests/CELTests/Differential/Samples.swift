/// Contents of constants: the ordinary, the edges and what is refused.
enum Samples {
    static let ints = [
        "9223372036854775807", "-9223372036854775808", "9007199254740993", "9007199254740992",
        "9007199254740991", "-9007199254740993", "0x7F", "-1", "0", "1", "100", "4294967296",
        "2147483648", "255", "256", "65536", "1700000000",
    ]
    static let uints = [
        "18446744073709551615u", "9223372036854775808u", "9223372036854775807u",
        "9007199254740993u", "0u", "1u", "0xFFu",
    ]
    static let doubles = [
        "0.0", "-0.0", "-0.0", "1.0", "-1.5", "0.5", "2.5", "1e308", "-1e308", "5e-324", "0.1",
        "9007199254740992.0", "9007199254740993.0", "9223372036854775807.0", "1e19", "80.0",
        "1e100",
        "(0.0 / 0.0)", "(1.0 / 0.0)", "(-1.0 / 0.0)", "double('NaN')", "double('-Inf')",
    ]
    static let texts = [
        "", "a", "b", "abc", "C", "aXbXa", "é", "e\u{301}", "\u{1F600}", "日本語", "plant/pump",
        "\0", "a\0b", "line\nbreak", "tab\t", "it's", "\"quoted\"", "back\\slash",
        "  trim me\u{a0}",
        "temp", "x", "10", "-3", "true", "over the lazy dog", "\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}",
        "a,b,,c", "aaaa",
    ]
    static let bytes = [
        "b''", "b'abc'", "b'\\xff\\x00'", "b'é'", "b\"\\000\"", "b'\\303\\251'", "br'\\x'",
    ]
    static let timestamps = [
        "2026-01-02T03:04:05Z", "2024-02-29T23:59:59.999999999Z", "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.5Z", "2024-06-30T12:00:00+14:00",
    ]
    static let durations = [
        "0", "1s", "-1.5s", "1h30m", "1ns", "-9223372036.854775808s", "9223372036.854775807s",
        "10ms", "24h",
    ]
    static let types = [
        "int", "string", "bool", "bytes", "list", "map", "null_type", "type", "double", "uint",
        "google.protobuf.Timestamp", "optional_type", "net.IP",
    ]
    static let addresses = ["10.0.0.1", "::1", "fe80::1", "2001:db8::ff", "224.0.0.1", "0.0.0.0"]
    static let blocks = ["10.0.0.0/8", "::/0", "10.1.2.3/24", "192.168.0.1/32", "2001:db8::/32"]

    static let zones = [
        "UTC", "Europe/Paris", "America/New_York", "+05:30", "-00:30", "Nowhere/Land", "",
    ]
    static let patterns = [
        "a+", "^a", "b$", "", "(a|b)*", "[^a-c]+", "\\\\d{2,4}", ".", "(", "é", "[[:alpha:]]+$",
        "(?i)ABC", "a{1,3}?b", "*",
    ]
    static let formats = [
        "%s", "%d", "%.2f", "%e", "%x", "%X", "%b", "%o", "%s and %s", "100%%", "", "é%s",
        "%.0f", "%s%d%s", "%q", "%",
    ]

    /// What functions of texts take that are not any text, by their name: of the argument that is
    /// one; some that they refuse.
    static let arguments: [String: [String]] = [
        "timestamp": timestamps + ["yesterday", "2024-13-01T00:00:00Z"],
        "duration": durations + ["1x", ""],
        "int": ["42", "-7", "9223372036854775808", "x", "", "+1"],
        "uint": ["42", "-1", "18446744073709551615", "18446744073709551616", "x"],
        "double": ["1.5", "-0.0", "NaN", "Inf", "1e999", "x", "5e-324"],
        "bool": ["true", "t", "F", "0", "yes", ""],
        "ip": addresses + ["1.2.3", "::ffff:1.2.3.4", "fe80::1%eth0"],
        "isIP": addresses + ["1.2.3", ""],
        "ip.isCanonical": addresses + ["2001:DB8::1", "1.2.3"],
        "cidr": blocks + ["10.0.0.1/33", "::1"],
        "isCIDR": blocks + ["10.0.0.1/33", "::1"],
        "containsIP": addresses + ["x"],
        "containsCIDR": blocks + ["x"],
        "base64.decode": ["aGVsbG8=", "aGVsbG8", "", "!", "YQ"],
        "text.overlap": ["open the valve", "valve VALVE", "", "é ünï"],
        "split": ["", ",", "a", "X"],
        "replace": ["", "a", "X", "ab", "é"],
        "indexOf": ["", "a", "X", "zz", "é"],
        "lastIndexOf": ["", "a", "X", "zz", "é"],
        "over.avg": ["1m", "10s"],
    ]

    /// In double quotes, with escapes for what cannot stand there and for some that could.
    static func escaped(_ text: String) -> String {
        var escaped = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": escaped += "\\\(scalar)"
            case "\n": escaped += "\\n"
            case "\t": escaped += "\\t"
            case "\0": escaped += "\\000"
            case "\r": escaped += "\\r"
            case "a": escaped += "\\x61"
            default:
                if scalar.value > 0xFFFF {
                    let digits = String(scalar.value, radix: 16)
                    escaped += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
                } else {
                    escaped.unicodeScalars.append(scalar)
                }
            }
        }
        return escaped + "\""
    }
}
