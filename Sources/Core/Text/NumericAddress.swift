import Glibc

/// An IP address as it is written in digits. A name is none: nothing is looked up.
public enum NumericAddress: Equatable, Sendable {
    case v4(UInt32)
    case v6(UInt128)

    /// Reads what inet_pton(3) takes, `192.0.2.1` or `2001:db8::1`.
    /// - Returns: nil of anything else, as one with brackets, a port, a zone or three numbers.
    public init?(_ text: some StringProtocol) {
        let text = String(text)
        // As a C string it would end there.
        guard !text.utf8.contains(0) else { return nil }
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            self = .v4(UInt32(bigEndian: v4.s_addr))
            return
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        let bits = withUnsafeBytes(of: v6) { bytes in
            bytes.reduce(UInt128(0)) { bits, byte in bits << 8 | UInt128(byte) }
        }
        self = .v6(bits)
    }

    public var isV6: Bool {
        switch self {
        case .v4: false
        case .v6: true
        }
    }

    /// Whether only this machine can reach it (RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3).
    public var isLoopback: Bool {
        switch self {
        case .v4(let bits): bits >> 24 == 127
        case .v6(let bits): bits == 1
        }
    }
}
