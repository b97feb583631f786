import Core

/// The text that `format` is making.
struct FormatWriter {
    typealias Failure = EvaluationError.Reason

    private(set) var bytes: [UInt8] = []

    mutating func append(
        _ part: some Collection<UInt8>, _ fuel: inout Fuel
    ) throws(Failure) {
        guard bytes.count + part.count <= Limits.valueBytesMax else { throw .tooLarge("a string") }
        try fuel.spend(1)
        try fuel.spend(bytes: part.count)
        bytes += part
    }

    mutating func append(
        _ value: Value, as clause: FormatClause, _ fuel: inout Fuel
    ) throws(Failure) {
        let text: String?
        switch clause {
        case .text(let literal): return try append(literal, &fuel)
        case .string: return try append(value, &fuel)
        case .decimal: text = Self.decimal(value)
        case .binary: text = Self.binary(value)
        case .octal: text = Self.integer(value, radix: 8, isUpper: false)
        case .hexadecimal(let isUpper):
            text = try Self.hexadecimal(value, isUpper: isUpper)
        case .fixed(let precision):
            text = Numeric(value).map { FloatText.fixed($0.double, precision: precision) }
        case .scientific(let precision):
            text = Numeric(value).map { FloatText.scientific($0.double, precision: precision) }
        }
        guard let text else { throw Self.refusal(of: value, by: clause) }
        try append(text.utf8, &fuel)
    }

    // MARK: %s

    private mutating func append(_ value: Value, _ fuel: inout Fuel) throws(Failure) {
        switch value {
        case .null: try append("null".utf8, &fuel)
        case .bool(let value): try append(String(value).utf8, &fuel)
        case .string(let text): try append(text.utf8, &fuel)
        case .bytes(let content): try append(content, &fuel)
        case .int, .uint, .double, .number:
            try append((Self.decimal(value) ?? "").utf8, &fuel)
        case .timestamp(let instant): try append(instant.description.utf8, &fuel)
        case .duration(let interval): try append(interval.description.utf8, &fuel)
        case .type(let kind): try append(kind.typeName.utf8, &fuel)
        case .list, .array, .map, .object:
            if let list = ListView(value) { try append(list, &fuel) }
            if let map = MapView(value) { try append(map, &fuel) }
        case .optional, .network: throw Self.refusal(of: value, by: .string)
        }
    }

    private mutating func append(_ list: ListView, _ fuel: inout Fuel) throws(Failure) {
        try append("[".utf8, &fuel)
        for index in 0..<list.count {
            if index > 0 { try append(", ".utf8, &fuel) }
            try append(list[index], &fuel)
        }
        try append("]".utf8, &fuel)
    }

    /// Entries in the order of the texts of their keys.
    private mutating func append(_ map: MapView, _ fuel: inout Fuel) throws(Failure) {
        try fuel.spend(map.count)
        let keys = (0..<map.count).map { (text: map.key(at: $0).keyText, index: $0) }
            .sorted { (a, b) in
                let order = Text.compare(a.text, b.text)
                return order == 0 ? a.index < b.index : order < 0
            }
        try append("{".utf8, &fuel)
        for (position, key) in keys.enumerated() {
            if position > 0 { try append(", ".utf8, &fuel) }
            try append(key.text.utf8, &fuel)
            try append(": ".utf8, &fuel)
            try append(map.value(at: key.index), &fuel)
        }
        try append("}".utf8, &fuel)
    }

    // MARK: Numbers; nil for values that the clause does not take

    private static func decimal(_ value: Value) -> String? {
        switch Numeric(value) {
        case .int(let number)?: String(number)
        case .uint(let number)?: String(number)
        case .double(let number)?: FloatText.shortest(number)
        case nil: nil
        }
    }

    private static func binary(_ value: Value) -> String? {
        if case .bool(let value) = value { return value ? "1" : "0" }
        return integer(value, radix: 2, isUpper: false)
    }

    private static func hexadecimal(_ value: Value, isUpper: Bool) throws(Failure) -> String? {
        let content: [UInt8]
        switch value {
        case .string(let text): content = Array(text.utf8)
        case .bytes(let bytes): content = bytes
        case .null, .bool, .int, .uint, .double, .number, .list, .array, .map, .object,
            .timestamp, .duration, .type, .optional, .network:
            return integer(value, radix: 16, isUpper: isUpper)
        }
        guard 2 * content.count <= Limits.valueBytesMax else { throw .tooLarge("a string") }
        let digits = Array((isUpper ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * content.count)
        for byte in content { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }

    private static func integer(_ value: Value, radix: Int, isUpper: Bool) -> String? {
        if case .uint(let number) = value {
            return String(number, radix: radix, uppercase: isUpper)
        }
        return value.integer.map { String($0, radix: radix, uppercase: isUpper) }
    }

    private static func refusal(of value: Value, by clause: FormatClause) -> Failure {
        let rule =
            switch clause {
            case .text, .string:
                "string clause can only be used on strings, bools, bytes, ints, doubles, maps, "
                    + "lists, types, durations, and timestamps"
            case .decimal: "decimal clause can only be used on integers"
            case .binary: "only integers and bools can be formatted as binary"
            case .octal: "octal clause can only be used on integers"
            case .hexadecimal:
                "only integers, byte buffers, and strings can be formatted as hex"
            case .fixed: "fixed-point clause can only be used on doubles"
            case .scientific: "scientific clause can only be used on doubles"
            }
        return .invalidArgument(
            "error during formatting: \(rule), was given \(value.kind.typeName)")
    }
}
