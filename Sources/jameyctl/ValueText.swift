import CEL
import Core

extension Value {
    /// As the language writes it, for a person: `{"temp": 81.5}`, `b"\x00"`, `duration("90s")`.
    var literal: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int(let value), .number(.int(let value)): "\(value)"
        case .uint(let value): "\(value)u"
        case .double(let value), .number(.double(let value)): Self.literal(value)
        case .string(let text): Self.quoted(text)
        case .bytes(let bytes): Self.quoted(bytes)
        case .list(let elements): Self.list(elements)
        case .array(let elements): Self.list(elements.map(Value.init))
        case .map(let map): Self.map(map.entries.map { ($0.key, $0.value) })
        case .object(let object):
            Self.map(object.members.map { (.string($0.name), Value($0.value)) })
        case .timestamp(let value): "timestamp(\"\(value)\")"
        case .duration(let value): "duration(\"\(value)\")"
        case .type(let kind): kind.typeName
        case .optional(let value?): "optional.of(\(value.literal))"
        case .optional(nil): "optional.none()"
        case .network(.ip(let address)): "ip(\"\(address)\")"
        case .network(.cidr(let block)): "cidr(\"\(block)\")"
        }
    }

    private static func literal(_ value: Double) -> String {
        if value.isFinite { return "\(value)" }
        return value.isNaN ? "double(\"NaN\")" : "double(\"\(value < 0 ? "-" : "")Infinity\")"
    }

    private static func list(_ elements: [Value]) -> String {
        "[" + elements.map(\.literal).joined(separator: ", ") + "]"
    }

    private static func map(_ entries: [(key: Value, value: Value)]) -> String {
        let members = entries.map { "\($0.key.literal): \($0.value.literal)" }
        return "{" + members.joined(separator: ", ") + "}"
    }

    private static func quoted(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": literal += "\\\(scalar)"
            case "\n": literal += "\\n"
            case "\r": literal += "\\r"
            case "\t": literal += "\\t"
            case _ where scalar.isPrintable: literal.unicodeScalars.append(scalar)
            case _: literal += "\\U" + hexadecimal(scalar.value, digits: 8)
            }
        }
        return literal + "\""
    }

    private static func quoted(_ bytes: [UInt8]) -> String {
        var literal = "b\""
        for byte in bytes {
            let scalar = Unicode.Scalar(byte)
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): literal += "\\\(scalar)"
            case 0x20..<0x7F: literal.unicodeScalars.append(scalar)
            case _: literal += "\\x" + hexadecimal(UInt32(byte), digits: 2)
            }
        }
        return literal + "\""
    }

    private static func hexadecimal(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
