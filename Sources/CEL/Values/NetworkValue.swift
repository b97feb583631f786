/// What the functions of network addresses work on: an address, or a block of them.
public enum NetworkValue: Hashable, Sendable {
    /// `net.IP`.
    case ip(IPAddress)
    /// `net.CIDR`.
    case cidr(AddressBlock)
}

extension NetworkValue: CustomStringConvertible {
    public var description: String {
        switch self {
        case .ip(let address): address.description
        case .cidr(let block): block.description
        }
    }
}
