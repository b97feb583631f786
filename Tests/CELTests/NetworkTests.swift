import CEL
import Testing

struct NetworkTests {
    @Test(
        "addresses are written in their canonical form",
        arguments: [
            ("192.168.0.1", "192.168.0.1"), ("0.0.0.0", "0.0.0.0"),
            ("255.255.255.255", "255.255.255.255"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
            ("2001:DB8::68", "2001:db8::68"), ("2001:db8:0:0:0:0:0:1", "2001:db8::1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
            ("1:0:0:2:0:0:3:4", "1::2:0:0:3:4"), ("0001:02::", "1:2::"),
            ("64:ff9b::1.2.3.4", "64:ff9b::102:304"), ("::ffff:c0a8:1", "192.168.0.1"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ])
    func canonical(_ text: String, _ written: String) throws {
        #expect(try evaluate("string(ip('\(text)'))") == .string(written))
        #expect(try evaluate("ip.isCanonical('\(text)')") == .bool(text == written))
        #expect(try evaluate("isIP('\(text)')") == .bool(true))
    }

    @Test(
        "other texts are no addresses",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.", "1.2.3.-4", " ::1",
            ":", ":::", "1:::2", "::1::", "12345::", "g::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
            "1::2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8::", "1.2.3.4::", "::1.2.3", "::%", "1.2.3.4/8",
            ":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:",
        ])
    func malformed(_ text: String) throws {
        #expect(try evaluate("isIP('\(text)')") == .bool(false))
        let message = "IP Address '\(text)' parse error during conversion from string"
        #expect(try failure("ip('\(text)')")?.message == message)
        #expect(try failure("ip.isCanonical('\(text)')")?.message == message)
    }

    @Test("zones and mapped addresses are refused in their own words")
    func refused() throws {
        #expect(
            try failure("ip('fe80::1%en0')")?.message
                == "IP Address with zone value is not allowed")
        #expect(
            try failure("ip('::ffff:192.168.0.1')")?.message
                == "IPv4-mapped IPv6 address is not allowed")
        #expect(
            try failure("cidr('fe80::1%en0/24')")?.message == "CIDR with zone value is not allowed")
        for text in ["::ffff:192.168.0.1/24", "::ffff:c0a8:1/120"] {
            #expect(
                try failure("cidr('\(text)')")?.message == "IPv4-mapped IPv6 address is not allowed"
            )
        }
        let long = String(repeating: "1", count: 200)
        #expect(try #require(try failure("ip('\(long)')")).message.utf8.count < 120)
        #expect(try failure("cidr('\(long)')") != nil)
    }

    @Test(
        "what an address is for",
        arguments: [
            ("127.0.0.1", "isLoopback", true), ("127.255.0.1", "isLoopback", true),
            ("128.0.0.1", "isLoopback", false), ("::1", "isLoopback", true),
            ("::2", "isLoopback", false), ("0.0.0.0", "isUnspecified", true),
            ("::", "isUnspecified", true), ("::1", "isUnspecified", false),
            ("224.0.0.1", "isLinkLocalMulticast", true),
            ("224.0.1.1", "isLinkLocalMulticast", false),
            ("ff02::1", "isLinkLocalMulticast", true), ("ff32::1", "isLinkLocalMulticast", true),
            ("ff05::1", "isLinkLocalMulticast", false),
            ("169.254.169.254", "isLinkLocalUnicast", true),
            ("169.255.0.1", "isLinkLocalUnicast", false), ("fe80::1", "isLinkLocalUnicast", true),
            ("febf::1", "isLinkLocalUnicast", true), ("fec0::1", "isLinkLocalUnicast", false),
            ("192.168.0.1", "isGlobalUnicast", true), ("255.255.255.255", "isGlobalUnicast", false),
            ("224.0.0.1", "isGlobalUnicast", false), ("2001:db8::1", "isGlobalUnicast", true),
            ("ff00::1", "isGlobalUnicast", false), ("::", "isGlobalUnicast", false),
            ("fe80::1", "isGlobalUnicast", false), ("127.0.0.1", "isGlobalUnicast", false),
        ])
    func properties(_ text: String, _ property: String, _ holds: Bool) throws {
        #expect(try evaluate("ip('\(text)').\(property)()") == .bool(holds))
    }

    @Test(
        "blocks hold addresses and blocks of their own family",
        arguments: [
            ("cidr('192.168.0.0/24').containsIP('192.168.0.255')", true),
            ("cidr('192.168.0.0/24').containsIP(ip('192.168.1.0'))", false),
            ("cidr('0.0.0.0/0').containsIP('255.0.0.1')", true),
            ("cidr('0.0.0.0/0').containsIP('::1')", false),
            ("cidr('::/0').containsIP('1.2.3.4')", false),
            ("cidr('::/0').containsIP('ffff::')", true),
            ("cidr('1.2.3.4/32').containsIP('1.2.3.4')", true),
            ("cidr('1.2.3.4/32').containsIP('1.2.3.5')", false),
            ("cidr('10.0.0.0/8').containsCIDR('10.0.0.0/8')", true),
            ("cidr('10.0.0.0/8').containsCIDR(cidr('10.1.0.0/16'))", true),
            ("cidr('10.1.0.0/16').containsCIDR('10.0.0.0/8')", false),
            ("cidr('2001:db8::/32').containsCIDR('2001:db8::/33')", true),
            ("cidr('10.0.0.1/8') == cidr('10.0.0.1/8')", true),
            ("cidr('10.0.0.1/8') == cidr('10.0.0.0/8')", false),
            ("cidr('10.0.0.1/8').masked() == cidr('10.0.0.0/8')", true),
            ("cidr('10.0.0.1/0').masked() == cidr('0.0.0.0/0')", true),
            ("cidr('ff::1/0').masked() == cidr('::/0')", true),
            ("cidr('::1/128').masked() == cidr('::1/128')", true),
            ("cidr('10.0.0.1/8').ip() == ip('10.0.0.1')", true),
            ("cidr('10.0.0.1/8').prefixLength() == 8", true),
            ("string(cidr('2001:DB8::/32')) == '2001:db8::/32'", true),
            ("ip('1.2.3.4').family() == 4 && ip('::1').family() == 6", true),
            ("type(ip('::')) == net.IP && type(cidr('::/0')) == net.CIDR", true),
            ("ip('::1') == ip('0:0::1')", true), ("ip('::1') == ip('0.0.0.1')", false),
            ("dyn(ip('::1')) == '::1'", false), ("ip('::1') in [ip('::1')]", true),
            ("isCIDR('10.0.0.0/8')", true), ("isCIDR('10.0.0.0')", false),
        ])
    func blocks(_ source: String, _ holds: Bool) throws {
        #expect(try evaluate(source) == .bool(holds))
    }

    @Test(
        "other texts are no blocks",
        arguments: [
            "", "/", "1.2.3.4", "1.2.3.4/", "1.2.3.4/33", "::/129", "1.2.3.4/08", "1.2.3.4/-1",
            "1.2.3.4/+1", "1.2.3.4/1/2", "::/1000", "/8", "a/8",
        ])
    func malformedBlocks(_ text: String) throws {
        let message = "'\(text)': network address parse error during conversion from string"
        #expect(try failure("cidr('\(text)')")?.message == message)
    }

    @Test(
        "other kinds are refused",
        arguments: [
            "ip(1)", "cidr(1)", "isIP(1)", "isIP(cidr('::/0'))", "ip.isCanonical(1)",
            "dyn('::1').family()", "dyn('::1').isLoopback()", "ip('::1').masked()",
            "cidr('::/0').family()", "cidr('::/0').containsIP(1)", "ip('::').containsIP('::1')",
            "cidr('::/0').containsCIDR(ip('::'))", "ip('::').containsCIDR('::/0')",
            "ip('::1') < ip('::2')", "ip('::1') + 1", "{ip('::1'): 1}",
        ])
    func kinds(_ source: String) throws {
        guard case .noOverload? = try failure(source)?.reason else {
            Issue.record("not refused: \(source)")
            return
        }
    }

    @Test("addresses have JSON, and no place in format")
    func text() throws {
        #expect(try evaluate("ip('::1')").json == .string("::1"))
        #expect(try evaluate("cidr('::1/64')").json == .string("::1/64"))
        #expect(try failure("'%s'.format([ip('::1')])") != nil)
    }
}
