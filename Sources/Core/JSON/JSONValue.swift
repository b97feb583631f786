/// A JSON document (RFC 8259), as the scanner reads it and the writer writes it.
public enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

/// A JSON number by its value: integral and within Int64 it is exact, else an IEEE double.
///
/// `81`, `81.0` and `8.1e1` are the same number (rules.md, "The language").
public enum JSONNumber: Equatable, Sendable {
    case int(Int64)
    /// Never integral within ±2^53, never NaN; infinite only where a document's number overflows
    /// is refused instead.
    case double(Double)

    public var double: Double {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        }
    }
}

/// The members of a JSON object in the order of the document; names are unique.
public struct JSONObject: Equatable, Sendable {
    public struct Member: Equatable, Sendable {
        public var name: String
        public var value: JSONValue

        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    public var members: [Member]

    public init(_ members: [Member] = []) { self.members = members }

    /// Linear, which beats hashing for the dozen members that a device's message has.
    public subscript(name: String) -> JSONValue? {
        for member in members where member.name == name { return member.value }
        return nil
    }
}
