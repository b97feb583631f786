import Glibc

/// Whom requests come from, as far as one party is told from another by its address: an IPv4
/// address, or the /64 of an IPv6 address, which a single machine has the whole of.
enum AddressBlock: Hashable, Sendable {
    case v4(UInt32)
    case v6(UInt64)
    /// No address: `mqtt`, or what a proxy of its own kind says.
    case name(String)

    init(_ text: String) {
        let address = String(text.prefix { $0 != "%" })
        self =
            Self.readV4(address) ?? Self.readV6(address)
            ?? .name(String(decoding: text.utf8.prefix(64), as: UTF8.self))
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

    private static func readV4(_ text: String) -> AddressBlock? {
        var address = in_addr()
        guard inet_pton(AF_INET, text, &address) == 1 else { return nil }
        return .v4(UInt32(bigEndian: address.s_addr))
    }

    private static func readV6(_ text: String) -> AddressBlock? {
        var address = in6_addr()
        guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: address) { Array($0) }
        // An IPv4 address on a socket for both (RFC 4291, section 2.5.5.2).
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return .v4(bytes[12...].reduce(0) { $0 << 8 | UInt32($1) })
        }
        return .v6(bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) })
    }
}
