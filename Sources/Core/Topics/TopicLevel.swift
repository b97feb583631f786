extension String {
    /// Percent-encodes what cannot stand inside one level of a topic name.
    public var asTopicLevel: String {
        func mustEscape(_ byte: UInt8) -> Bool {
            switch byte {
            case 0...0x20, 0x7f, UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "#"),
                UInt8(ascii: "%"):
                true
            default: false
            }
        }
        let isLevel = utf8.span.withUnsafeBufferPointer { !$0.contains(where: mustEscape) }
        guard !isLevel else { return self }
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in utf8 {
            if mustEscape(byte) {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Substring {
    /// What `asTopicLevel` made this level of.
    public var fromTopicLevel: String {
        var bytes: [UInt8] = []
        var rest = utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let escaped = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(escaped)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
