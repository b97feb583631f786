import Core
import Testing

@Suite("Percent-encoding")
struct PercentEncodingTests {
    @Test("it is undone where it is whole and UTF-8")
    func decoding() {
        for (text, decoded) in [
            ("", ""), ("a+b", "a+b"), ("%41%c3%A9", "Aé"), ("%2f", "/"), ("ü", "ü"),
            ("%2525", "%25"),
        ] {
            #expect(PercentEncoding.decode(text) == decoded, "\(text)")
        }
        for text in ["%", "%4", "%4g", "%g4", "%%41", "%ff", "%c3", "%ed%a0%80", "a%"] {
            #expect(PercentEncoding.decode(text) == nil, "\(text)")
        }
        #expect(PercentEncoding.decode("a+b%2B", isForm: true) == "a b+")
    }

    @Test("what could mean something in a URL is encoded, and comes back")
    func encoding() {
        #expect(PercentEncoding.encode("a-Z_0.9~") == "a-Z_0.9~")
        #expect(PercentEncoding.encode("line 1/ä?&#%+") == "line%201%2F%C3%A4%3F%26%23%25%2B")
        for text in ["", "north/läthe 7", "a%b?c&d=e+f#g", "\0"] {
            #expect(PercentEncoding.decode(PercentEncoding.encode(text)) == text)
            #expect(PercentEncoding.decode(PercentEncoding.encode(text), isForm: true) == text)
        }
    }
}
