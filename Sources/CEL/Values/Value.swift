import Core

/// A value of the language, or of a JSON document that the language sees as one of its own.
///
/// `==` is Swift's: same kind, same content. The language's equality, where `1 == 1.0` and an
/// array of a document equals a list, is `Equality`.
public enum Value: Equatable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    /// A number of a JSON document: a kind of its own that goes with all the others
    /// (rules.md, "JSON numbers are a kind of their own").
    case number(JSONNumber)
    case string(String)
    case bytes([UInt8])
    case list([Value])
    /// A list of a document, its elements converted when they are looked at.
    case array([JSONValue])
    case map(MapValue)
    /// A map of a document, its members converted when they are looked at.
    case object(JSONObject)
    /// `google.protobuf.Timestamp`.
    case timestamp(Instant)
    /// `google.protobuf.Duration`.
    case duration(Interval)
    /// A type, by its name.
    case type(ValueKind)
    /// `optional.of(x)`; nil is `optional.none()`. Boxed, because it is rare and values are small.
    indirect case optional(Value?)
    /// `ip(…)` and `cidr(…)`; boxed likewise.
    indirect case network(NetworkValue)

    /// A document's value; nothing below it is converted yet.
    public init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let value): self = .number(value)
        case .string(let value): self = .string(value)
        case .array(let elements): self = .array(elements)
        case .object(let object): self = .object(object)
        }
    }

    /// What the language takes the value for; a JSON number is an int when it is integral.
    public var kind: ValueKind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int, .number(.int): .int
        case .uint: .uint
        case .double, .number(.double): .double
        case .string: .string
        case .bytes: .bytes
        case .list, .array: .list
        case .map, .object: .map
        case .timestamp: .timestamp
        case .duration: .duration
        case .type: .type
        case .optional: .optional
        case .network(.ip): .ip
        case .network(.cidr): .cidr
        }
    }
}
