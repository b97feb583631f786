import Core

/// Whom requests come from, as far as one party is told from another by its address: an IPv4
/// address, or the /64 of an IPv6 address, which a single machine has the whole of. So this machine
/// is one party, whichever address of 127.0.0.0/8 somebody on it takes (RFC 1122, section 3.2.1.3).
enum AddressBlock: Hashable, Sendable {
    case v4(UInt32)
    case v6(UInt64)
    /// No address: `unix`, or `mqtt:` and a topic.
    case name(String)

    /// More than `mqtt:` and the longest topic.
    private static let nameBytesMax = 128

    init(_ text: String) {
        switch NumericAddress(text.prefix { $0 != "%" }) {
        case .v4(let bits)?: self = .v4(Self.party(of: bits))
        // An IPv4 address on a socket for both (RFC 4291, section 2.5.5.2).
        case .v6(let bits)? where bits >> 32 == 0xFFFF:
            self = .v4(Self.party(of: UInt32(truncatingIfNeeded: bits)))
        case .v6(let bits)?: self = .v6(UInt64(truncatingIfNeeded: bits >> 64))
        case nil:
            self = .name(String(decoding: text.utf8.prefix(Self.nameBytesMax), as: UTF8.self))
        }
    }

    private static func party(of address: UInt32) -> UInt32 {
        address >> 24 == 127 ? 0x7F00_0001 : address
    }

    /// Of this machine itself: whoever comes by a proxy on it, too.
    var isLoopback: Bool {
        switch self {
        case .v4(let address): address >> 24 == 127
        // The /64 of ::1, where no other address is in use (RFC 4291, section 2.5).
        case .v6(let network): network == 0
        case .name: false
        }
    }
}
