import Core
import Testing

@Suite("Base 64 for names and tokens")
struct Base64URLTests {
    @Test("every length is written and read back without padding")
    func lengths() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ 249) }
            let text = Base64URL.encode(bytes)
            #expect(!text.contains("=") && !text.contains("+") && !text.contains("/"))
            #expect(Base64URL.decode(text.utf8) == bytes, "\(count) bytes")
        }
        #expect(Base64URL.encode([0xFB, 0xFF, 0xBF]) == "-_-_")
    }

    @Test(
        "another spelling is refused",
        arguments: ["A", "AA=", "AA==", "AB", "AAB", "+/+/", "A A", "AA\n", "AAAAA", "=", "é"])
    func spelling(_ text: String) {
        #expect(Base64URL.decode(text.utf8) == nil)
    }
}
