/// An IPv4 or IPv6 address.
///
/// An IPv4 address written as a mapped IPv6 one in hexadecimal (`::ffff:c0a8:1`) is the IPv4
/// address, as the conformance suite has it.
public struct IPAddress: Hashable, Sendable {
    public enum Family: Int64, Sendable { case v4 = 4, v6 = 6 }

    public let family: Family
    /// The address as a number; of IPv4 the low 32 bits.
    let bits: UInt128

    /// - Precondition: Of IPv4, `bits` is below 2^32.
    init(family: Family, bits: UInt128) {
        self.family = family
        self.bits = bits
    }

    static func v4(_ bits: UInt32) -> IPAddress { IPAddress(family: .v4, bits: UInt128(bits)) }

    /// Of the whole address: 32 or 128.
    var bitCount: Int {
        switch family {
        case .v4: 32
        case .v6: 128
        }
    }

    /// Whether the address lies in a block written as its number and length, one for each family.
    private func isIn(v4: (bits: UInt128, length: Int), v6: (bits: UInt128, length: Int)) -> Bool {
        let block = family == .v4 ? v4 : v6
        let shift = bitCount - block.length
        return bits >> shift == block.bits >> shift
    }

    // MARK: Properties (RFC 4291, RFC 1122)

    var isUnspecified: Bool { bits == 0 }

    var isLoopback: Bool { isIn(v4: (0x7F00_0000, 8), v6: (1, 128)) }

    var isMulticast: Bool { isIn(v4: (0xE000_0000, 4), v6: (0xFF00 << 112, 8)) }

    /// Of IPv6 whatever its flags are: `ff?2::`.
    var isLinkLocalMulticast: Bool {
        switch family {
        case .v4: bits >> 8 == 0xE0_0000
        case .v6: bits >> 112 & 0xFF0F == 0xFF02
        }
    }

    var isLinkLocalUnicast: Bool { isIn(v4: (0xA9FE_0000, 16), v6: (0xFE80 << 112, 10)) }

    /// Private addresses are among them; the broadcast address of IPv4 is not.
    var isGlobalUnicast: Bool {
        let isBroadcast = family == .v4 && bits == 0xFFFF_FFFF
        return !isBroadcast && !isUnspecified && !isLoopback && !isMulticast
            && !isLinkLocalUnicast
    }
}
