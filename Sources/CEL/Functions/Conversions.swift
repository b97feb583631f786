import Core

/// The functions that have the names of types.
enum Conversions {
    typealias Failure = EvaluationError.Reason

    static func toBool(_ value: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        switch value {
        case .bool: return value
        case .string(let text):
            switch text {
            case "1", "t", "T", "true", "TRUE", "True": return .bool(true)
            case "0", "f", "F", "false", "FALSE", "False": return .bool(false)
            default: throw .invalidArgument("'\(excerpt(text))' is not a bool")
            }
        case .null, .int, .uint, .double, .number, .bytes, .list, .array, .map, .object, .timestamp,
            .duration, .type, .optional, .network:
            throw .noOverload("bool", value.kind, nil)
        }
    }

    static func toInt(_ value: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        switch value {
        case .int: return value
        case .uint(let number):
            guard let result = Int64(exactly: number) else { throw .outOfRange("int") }
            return .int(result)
        case .number(.int(let number)): return .int(number)
        case .double(let number), .number(.double(let number)):
            // Both ends are out of range: there the double may stand for a number beyond.
            guard number > -0x1p63, number < 0x1p63 else { throw .outOfRange("int") }
            return .int(Int64(number))
        case .string(let text):
            try fuel.spend(bytes: text.utf8.count)
            guard let result = NumberText.readInt(text) else {
                throw .invalidArgument("'\(excerpt(text))' is not an int")
            }
            return .int(result)
        case .timestamp(let instant): return .int(instant.seconds)
        case .null, .bool, .bytes, .list, .array, .map, .object, .duration, .type, .optional,
            .network:
            throw .noOverload("int", value.kind, nil)
        }
    }

    static func toUInt(_ value: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        switch value {
        case .uint: return value
        case .int(let number), .number(.int(let number)):
            guard let result = UInt64(exactly: number) else { throw .outOfRange("uint") }
            return .uint(result)
        case .double(let number), .number(.double(let number)):
            guard number >= 0, number < 0x1p64 else { throw .outOfRange("uint") }
            return .uint(UInt64(number))
        case .string(let text):
            try fuel.spend(bytes: text.utf8.count)
            guard let result = NumberText.readUInt(text) else {
                throw .invalidArgument("'\(excerpt(text))' is not a uint")
            }
            return .uint(result)
        case .null, .bool, .bytes, .list, .array, .map, .object, .timestamp, .duration, .type,
            .optional, .network:
            throw .noOverload("uint", value.kind, nil)
        }
    }

    static func toDouble(_ value: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        if let number = Numeric(value) { return .double(number.double) }
        guard case .string(let text) = value else { throw .noOverload("double", value.kind, nil) }
        try fuel.spend(bytes: text.utf8.count)
        guard let result = NumberText.readDouble(text) else {
            throw .invalidArgument("'\(excerpt(text))' is not a double")
        }
        return .double(result)
    }

    static func toString(_ value: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        switch value {
        case .string: return value
        case .bool(let value): return .string(String(value))
        case .int(let number), .number(.int(let number)): return .string(String(number))
        case .uint(let number): return .string(String(number))
        case .double(let number), .number(.double(let number)):
            return .string(NumberText.write(number))
        case .bytes(let bytes):
            try fuel.spend(bytes: bytes.count)
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw .invalidArgument("the bytes are invalid UTF-8")
            }
            return .string(text)
        case .timestamp(let instant): return .string(instant.description)
        case .duration(let interval): return .string(interval.description)
        case .network(let value): return .string(value.description)
        case .null, .list, .array, .map, .object, .type, .optional:
            throw .noOverload("string", value.kind, nil)
        }
    }

    static func toBytes(_ value: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        switch value {
        case .bytes: return value
        case .string(let text):
            try fuel.spend(bytes: text.utf8.count)
            return .bytes(Array(text.utf8))
        case .null, .bool, .int, .uint, .double, .number, .list, .array, .map, .object, .timestamp,
            .duration, .type, .optional, .network:
            throw .noOverload("bytes", value.kind, nil)
        }
    }

    static func toTimestamp(_ value: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        switch value {
        case .timestamp: return value
        case .int(let seconds), .number(.int(let seconds)):
            guard let instant = Instant(seconds: seconds) else { throw .outOfRange("timestamp") }
            return .timestamp(instant)
        case .string(let text):
            try fuel.spend(bytes: text.utf8.count)
            guard let instant = Instant(text) else {
                throw .invalidArgument("'\(excerpt(text))' is not a timestamp (RFC 3339)")
            }
            return .timestamp(instant)
        case .null, .bool, .uint, .double, .number, .bytes, .list, .array, .map, .object, .duration,
            .type, .optional, .network:
            throw .noOverload("timestamp", value.kind, nil)
        }
    }

    static func toDuration(_ value: Value, _ fuel: inout Fuel) throws(Failure) -> Value {
        switch value {
        case .duration: return value
        case .string(let text):
            try fuel.spend(bytes: text.utf8.count)
            guard let interval = Interval(text) else {
                throw .invalidArgument("'\(excerpt(text))' is not a duration in range")
            }
            return .duration(interval)
        case .null, .bool, .int, .uint, .double, .number, .bytes, .list, .array, .map, .object,
            .timestamp, .type, .optional, .network:
            throw .noOverload("duration", value.kind, nil)
        }
    }

    /// Enough of a text to recognize it in a message.
    private static func excerpt(_ text: String) -> String {
        text.utf8.count <= 64 ? text : String(text.unicodeScalars.prefix(48)) + "…"
    }
}
