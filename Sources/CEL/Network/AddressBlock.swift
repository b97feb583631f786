/// A block of addresses in CIDR notation (RFC 4632): `192.168.0.0/24`.
///
/// The address is kept as it is written; `192.168.0.1/24` and `192.168.0.0/24` are different
/// values with the same addresses in them.
public struct AddressBlock: Hashable, Sendable {
    public let address: IPAddress
    /// 0...32, of IPv6 0...128.
    public let prefixLength: Int

    /// With the bits behind the prefix set to 0.
    var masked: AddressBlock {
        let bits = prefix(of: address) << hostLength
        return AddressBlock(
            address: IPAddress(family: address.family, bits: bits), prefixLength: prefixLength)
    }

    /// Addresses of the other family are in no block.
    func contains(_ other: IPAddress) -> Bool {
        other.family == address.family && prefix(of: other) == prefix(of: address)
    }

    func contains(_ other: AddressBlock) -> Bool {
        prefixLength <= other.prefixLength && contains(other.address)
    }

    private var hostLength: Int { address.bitCount - prefixLength }

    /// A shift by all bits gives 0 in Swift.
    private func prefix(of address: IPAddress) -> UInt128 { address.bits >> hostLength }
}

extension AddressBlock: CustomStringConvertible {
    public var description: String { "\(address)/\(prefixLength)" }
}

extension AddressBlock {
    /// Reads an address, `/` and the length of the prefix, all of them strictly.
    init(reading text: String) throws(IPAddress.ReadError) {
        let bytes = Array(text.utf8.prefix(128))
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")),
            let length = IPAddress.decimal(bytes[(slash + 1)...])
        else { throw .malformed }
        let written = bytes[..<slash]
        address = try IPAddress(reading: String(decoding: written, as: UTF8.self))
        // An IPv4 address in the clothes of an IPv6 one has no block of its own length.
        if address.family == .v4, written.contains(UInt8(ascii: ":")) { throw .mapped }
        guard length <= address.bitCount else { throw .malformed }
        prefixLength = length
    }
}
