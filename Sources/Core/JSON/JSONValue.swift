/// A JSON document (RFC 8259), as the scanner reads it and the writer writes it.
public enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    /// The text, or nil when it is anything else.
    public var string: String? { if case .string(let text) = self { text } else { nil } }
    /// The truth value, or nil when it is anything else.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The integer, or nil when it is no number, or one with a fraction or beyond Int64.
    public var int: Int64? { if case .number(.int(let value)) = self { value } else { nil } }
    /// The number as a double, or nil when it is no number.
    public var double: Double? { if case .number(let number) = self { number.double } else { nil } }
    /// The elements, or nil when it is no array.
    public var array: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
    /// The members, or nil when it is no object.
    public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }

    /// A member of an object; nil when it has none of this name or is no object.
    public subscript(name: String) -> JSONValue? { object?[name] }
}

/// A JSON number by its value: integral and within Int64 it is exact, else an IEEE double.
///
/// `81`, `81.0` and `8.1e1` are the same number (rules.md, "The language"), `-0.0` is 0. A number
/// that needs rounding is taken as the nearest double: 9007199254740993.5 is 9007199254740994.
public enum JSONNumber: Equatable, Sendable {
    case int(Int64)
    /// Never an integer that Int64 holds, never NaN; from the scanner never infinite.
    case double(Double)

    /// A number by its value: `.int` where Int64 holds it exactly.
    public init(_ value: Double) {
        // `Int64(exactly:)` would call for `trunc`.
        if value >= -0x1p63, value < 0x1p63, Double(Int64(value)) == value {
            self = .int(Int64(value))
        } else {
            self = .double(value)
        }
    }

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
    ///
    /// Names are compared by their bytes: `é` composed and decomposed are two names.
    public subscript(name: String) -> JSONValue? {
        for member in members where member.name.hasSameBytes(as: name) { return member.value }
        return nil
    }
}
