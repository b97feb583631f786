/// Reads JSON from bytes: RFC 8259 to the letter, with the promises of I-JSON (RFC 7493).
///
/// Valid UTF-8 only, no lone surrogates, no duplicate names, nothing after the document, no byte
/// order mark, no number beyond a double. Depth and elements are bounded by `Limits`; time is
/// linear in the bytes.
public struct JSONScanner {
    /// - Returns: The document's value; members in the order of the document.
    /// - Throws: `JSONError`: the bytes are rejected as a whole.
    public static func scan(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        try JSONDocument(bytes).value
    }

    /// Notes where the values are; what the tape held before is gone.
    ///
    /// - Throws: `JSONError`: the bytes are rejected as a whole, the tape is of no use.
    static func read(
        _ bytes: UnsafeRawBufferPointer, into tape: inout JSONTape
    ) throws(JSONError) {
        tape.removeAll()
        var scanner = JSONScanner(bytes)
        swap(&scanner.tape, &tape)
        defer { swap(&scanner.tape, &tape) }
        do {
            try scanner.document()
        } catch {
            throw JSONError(error, in: bytes)
        }
    }

    /// Every read of `bytes` stands behind a comparison of its position with `count`.
    let bytes: UnsafeRawBufferPointer
    let count: Int
    var position = 0
    var tape = JSONTape()
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

    private mutating func document() throws(JSONError.Fault) {
        if count > Limits.jsonBytesMax {
            throw fault("it has more than 16,777,215 bytes", .tooLarge)
        }
        if count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw fault("it begins with a byte order mark: send UTF-8 without one")
        }
        skipWhitespace()
        if position == count { throw fault("it is empty: a JSON value was expected") }
        try value(.none)
        skipWhitespace()
        if position < count { throw fault("something follows the end of the JSON value") }
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

    private mutating func value(_ label: JSONTape.Label) throws(JSONError.Fault) {
        guard position < count else { throw fault("it ends where a value was expected") }
        switch bytes[position] {
        case UInt8(ascii: "\""):
            position += 1
            tape.nodes.append(.init(.string, label, text: try string()))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            switch try number() {
            case .int(let int):
                tape.nodes.append(.init(.int, label, content: UInt64(bitPattern: int)))
            case .double(let double):
                tape.nodes.append(.init(.double, label, content: double.bitPattern))
            }
        case UInt8(ascii: "{"): try object(label)
        case UInt8(ascii: "["): try array(label)
        case UInt8(ascii: "t"): try literal("true", .yes, label)
        case UInt8(ascii: "f"): try literal("false", .no, label)
        case UInt8(ascii: "n"): try literal("null", .null, label)
        default: throw fault("a value was expected")
        }
    }

    private mutating func literal(
        _ word: StaticString, _ kind: JSONTape.Kind, _ label: JSONTape.Label
    ) throws(JSONError.Fault) {
        let length = word.utf8CodeUnitCount
        guard count - position >= length else { throw fault("a value was expected") }
        for index in 0..<length where bytes[position + index] != word.utf8Start[index] {
            throw fault("a value was expected: true, false and null are written out")
        }
        position += length
        tape.nodes.append(.init(kind, label))
    }

    /// Begins a container.
    /// - Returns: its node.
    private mutating func open(
        _ kind: JSONTape.Kind, _ label: JSONTape.Label
    ) throws(JSONError.Fault) -> Int {
        if depth == Limits.jsonDepthMax {
            throw fault("it is nested too deeply: at most 64 levels are read", .tooDeep)
        }
        depth += 1
        position += 1
        skipWhitespace()
        tape.nodes.append(.init(kind, label))
        return tape.nodes.count - 1
    }

    private mutating func close(_ node: Int, count: Int) {
        depth -= 1
        tape.nodes[node].close(count: count, next: tape.nodes.count)
    }

    private mutating func array(_ label: JSONTape.Label) throws(JSONError.Fault) {
        let node = try open(.array, label)
        if skip(UInt8(ascii: "]")) { return close(node, count: 0) }
        var elements = 0
        while true {
            if elements == Limits.jsonElementsMax {
                throw fault("an array has more than 65,536 elements", .tooManyElements)
            }
            try value(.none)
            elements += 1
            skipWhitespace()
            if skip(UInt8(ascii: "]")) { return close(node, count: elements) }
            guard skip(UInt8(ascii: ",")) else {
                throw fault("`,` or `]` was expected in an array")
            }
            skipWhitespace()
        }
    }

    private mutating func object(_ label: JSONTape.Label) throws(JSONError.Fault) {
        let node = try open(.object, label)
        if skip(UInt8(ascii: "}")) { return close(node, count: 0) }
        var names = NameSet(object: node)
        while true {
            if names.count == Limits.jsonElementsMax {
                throw fault("an object has more than 65,536 members", .tooManyElements)
            }
            let start = position
            let name = try self.name()
            if !names.insert(name, tape, bytes) {
                throw fault("a name stands twice in one object", .duplicateKey, at: start)
            }
            try value(JSONTape.Label(name))
            skipWhitespace()
            if skip(UInt8(ascii: "}")) { return close(node, count: names.count) }
            guard skip(UInt8(ascii: ",")) else {
                throw fault("`,` or `}` was expected in an object")
            }
            skipWhitespace()
        }
    }

    /// A member's name with its colon.
    private mutating func name() throws(JSONError.Fault) -> JSONTape.Slice {
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
