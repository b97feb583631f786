import Core

/// The binary form of MQTT 5 properties in a row: a tag, then each text as a length (LEB128) and
/// its bytes.
enum PropertiesCoding {
    private enum Tag: UInt8 {
        case responseTopic = 1, correlationData, contentType, user
    }

    /// nil when there is nothing to store.
    static func encode(_ properties: MessageProperties?) -> [UInt8]? {
        guard let properties, !properties.isEmpty else { return nil }
        var bytes: [UInt8] = []
        if let topic = properties.responseTopic {
            append(.responseTopic, Array(topic.utf8), to: &bytes)
        }
        if let data = properties.correlationData { append(.correlationData, data, to: &bytes) }
        if let type = properties.contentType { append(.contentType, Array(type.utf8), to: &bytes) }
        for property in properties.user {
            append(.user, Array(property.name.utf8), to: &bytes)
            append(Array(property.value.utf8), to: &bytes)
        }
        return bytes
    }

    /// nil when the bytes are not what `encode` makes.
    static func decode(_ bytes: [UInt8]) -> MessageProperties? {
        var reader = Reader(rest: bytes[...])
        var properties = MessageProperties()
        while let first = reader.rest.popFirst() {
            guard let tag = Tag(rawValue: first), let value = reader.next() else { return nil }
            switch tag {
            case .responseTopic: properties.responseTopic = text(value)
            case .correlationData: properties.correlationData = Array(value)
            case .contentType: properties.contentType = text(value)
            case .user:
                guard let second = reader.next() else { return nil }
                properties.user.append(.init(name: text(value), value: text(second)))
            }
        }
        return properties
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    private static func append(_ tag: Tag, _ value: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(tag.rawValue)
        append(value, to: &bytes)
    }

    private static func append(_ value: [UInt8], to bytes: inout [UInt8]) {
        var length = value.count
        while length >= 0x80 {
            bytes.append(UInt8(length & 0x7f) | 0x80)
            length >>= 7
        }
        bytes.append(UInt8(length))
        bytes += value
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        /// A length and as many bytes; nil when they are not there.
        mutating func next() -> ArraySlice<UInt8>? {
            var length = 0
            for shift in stride(from: 0, through: 28, by: 7) {
                guard let byte = rest.popFirst() else { return nil }
                length |= Int(byte & 0x7f) << shift
                guard byte & 0x80 != 0 else {
                    guard length <= rest.count else { return nil }
                    defer { rest = rest.dropFirst(length) }
                    return rest.prefix(length)
                }
            }
            return nil
        }
    }
}
