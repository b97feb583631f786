import Core
import Testing

@Suite("Addresses in digits")
struct NumericAddressTests {
    @Test("both families are read, most significant byte first")
    func reading() {
        #expect(NumericAddress("192.0.2.1") == .v4(0xC000_0201))
        #expect(NumericAddress("::1") == .v6(1))
        #expect(NumericAddress("2001:DB8::") == .v6(UInt128(0x2001_0DB8) << 96))
        #expect(NumericAddress("::ffff:192.0.2.1") == .v6(0xFFFF_C000_0201))
    }

    @Test(
        "what would have to be looked up, or is more than an address, is none",
        arguments: [
            "", "localhost", "127.1", "1.2.3.4.5", "01.2.3.4", "256.0.0.1", " ::1", "[::1]",
            "::1%lo", "127.0.0.1:80", "127.0.0.1\0", "::1\0x", "1:2",
        ])
    func refusing(_ text: String) {
        #expect(NumericAddress(text) == nil)
    }

    @Test("the whole network of the loopback interface is this machine, and ::1")
    func loopback() {
        for text in ["127.0.0.1", "127.255.0.9", "::1", "0:0::1"] {
            #expect(NumericAddress(text)?.isLoopback == true, "\(text)")
        }
        for text in ["128.0.0.1", "0.0.0.0", "::", "::2", "::ffff:127.0.0.1"] {
            #expect(NumericAddress(text)?.isLoopback == false, "\(text)")
        }
    }
}
