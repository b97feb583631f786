/// The kinds of values that CEL tells apart.
public enum ValueKind: UInt8, Sendable, CaseIterable {
    case null, bool, int, uint, double, string, bytes, list, map, timestamp, duration, type
    case optional, ip, cidr

    /// The name of the type as the language writes it.
    public var typeName: String {
        switch self {
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .list: "list"
        case .map: "map"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .type: "type"
        case .optional: "optional_type"
        case .ip: "net.IP"
        case .cidr: "net.CIDR"
        }
    }
}
