/// Reads JSON from bytes: RFC 8259 to the letter, with the promises of I-JSON (RFC 7493).
///
/// Valid UTF-8 only, no lone surrogates, no duplicate names, nothing after the document, no byte
/// order mark, no number beyond a double. Depth and elements are bounded by `Limits`; time is
/// linear in the bytes.
public struct JSONScanner {
    /// - Returns: The document's value; members in the order of the document.
    /// - Throws: `JSONError`: the bytes are rejected as a whole.
    public static func scan(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        try scan(bytes.span)
    }

    /// As `scan(_:)` for an array, of bytes held elsewhere.
    public static func scan(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBytes { (buffer) throws(JSONError) in try scan(buffer) }
    }

    /// As `scan(_:)` for an array, of bytes that outlive the call.
    public static func scan(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
        var scanner = JSONScanner(bytes)
        do {
            return try scanner.document()
        } catch {
            throw JSONError(error, in: bytes)
        }
    }

    /// Every read of `bytes` stands behind a comparison of its position with `count`.
    let bytes: UnsafeRawBufferPointer
    let count: Int
    var position = 0
    /// Open arrays and objects.
    private var depth = 0

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        count = bytes.count
    }

    func fault(
        _ reason: StaticString, _ code: JSONError.Code = .malformed, at offset: Int? = nil
    ) -> JSONError.Fault {
        JSONError.Fault(code: code, offset: offset ?? position, reason: reason)
    }

    private mutating func document() throws(JSONError.Fault) -> JSONValue {
        if count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw fault("it begins with a byte order mark: send UTF-8 without one")
        }
        skipWhitespace()
        if position == count { throw fault("it is empty: a JSON value was expected") }
        let value = try self.value()
        skipWhitespace()
        if position < count { throw fault("something follows the end of the JSON value") }
        return value
    }

    @inline(__always)
    private mutating func skipWhitespace() {
        while position < count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func value() throws(JSONError.Fault) -> JSONValue {
        guard position < count else { throw fault("it ends where a value was expected") }
        switch bytes[position] {
        case UInt8(ascii: "\""):
            position += 1
            return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try number())
        case UInt8(ascii: "{"): return .object(JSONObject(try nested(Self.object)))
        case UInt8(ascii: "["): return .array(try nested(Self.array))
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        default: throw fault("a value was expected")
        }
    }

    private mutating func literal(_ word: StaticString) throws(JSONError.Fault) {
        let length = word.utf8CodeUnitCount
        guard count - position >= length else { throw fault("a value was expected") }
        for index in 0..<length where bytes[position + index] != word.utf8Start[index] {
            throw fault("a value was expected: true, false and null are written out")
        }
        position += length
    }

    @inline(__always)
    private mutating func nested<Content>(
        _ content: (inout Self) throws(JSONError.Fault) -> Content
    ) throws(JSONError.Fault) -> Content {
        if depth == Limits.jsonDepthMax {
            throw fault("it is nested too deeply: at most 64 levels are read", .tooDeep)
        }
        depth += 1
        position += 1
        skipWhitespace()
        let result = try content(&self)
        depth -= 1
        return result
    }

    private static func array(_ scanner: inout Self) throws(JSONError.Fault) -> [JSONValue] {
        var elements: [JSONValue] = []
        if scanner.skip(UInt8(ascii: "]")) { return elements }
        while true {
            if elements.count == Limits.jsonElementsMax {
                throw scanner.fault("an array has more than 65,536 elements", .tooManyElements)
            }
            elements.append(try scanner.value())
            scanner.skipWhitespace()
            if scanner.skip(UInt8(ascii: "]")) { return elements }
            guard scanner.skip(UInt8(ascii: ",")) else {
                throw scanner.fault("`,` or `]` was expected in an array")
            }
            scanner.skipWhitespace()
        }
    }

    private static func object(
        _ scanner: inout Self
    ) throws(JSONError.Fault) -> [JSONObject.Member] {
        var members: [JSONObject.Member] = []
        if scanner.skip(UInt8(ascii: "}")) { return members }
        members.reserveCapacity(8)
        var names = NameSet()
        while true {
            if members.count == Limits.jsonElementsMax {
                throw scanner.fault("an object has more than 65,536 members", .tooManyElements)
            }
            let start = scanner.position
            let name = try scanner.name()
            if !names.insert(name, into: members) {
                throw scanner.fault("a name stands twice in one object", .duplicateKey, at: start)
            }
            members.append(.init(name: name, value: try scanner.value()))
            scanner.skipWhitespace()
            if scanner.skip(UInt8(ascii: "}")) { return members }
            guard scanner.skip(UInt8(ascii: ",")) else {
                throw scanner.fault("`,` or `}` was expected in an object")
            }
            scanner.skipWhitespace()
        }
    }

    /// A member's name with its colon.
    private mutating func name() throws(JSONError.Fault) -> String {
        guard skip(UInt8(ascii: "\"")) else { throw fault("a name in double quotes was expected") }
        let name = try string()
        skipWhitespace()
        guard skip(UInt8(ascii: ":")) else { throw fault("`:` was expected after a name") }
        skipWhitespace()
        return name
    }

    @inline(__always)
    private mutating func skip(_ byte: UInt8) -> Bool {
        guard position < count, bytes[position] == byte else { return false }
        position += 1
        return true
    }
}
