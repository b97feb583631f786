/// Reads JSON from bytes: RFC 8259 to the letter, with the promises of I-JSON (RFC 7493).
///
/// Valid UTF-8 only, no lone surrogates, no duplicate names, nothing after the document, no byte
/// order mark, no number beyond a double. Depth and elements are bounded by `Limits`; time is
/// linear in the bytes.
///
/// One loop, whose state is this trivial value, so that it stays in registers: what every message
/// passes through is inlined, what is rare stands in functions that get and give values. Sums are
/// unchecked (`&+`) because no place is beyond the text's end, nor any count beyond the bytes.
public struct JSONScanner {
    /// - Returns: The document's value; members in the order of the document.
    /// - Throws: `JSONError`: the bytes are rejected as a whole.
    public static func scan(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        try JSONDocument(bytes).value
    }

    /// What few documents need; in memory.
    struct Asides {
        /// Behind the last text that had escapes.
        var textsEnd: Int
        /// Of the open objects with many names, the innermost one last.
        var tables: [NameTable] = []
        /// What is wrong at the place where reading ended. Noted rather than thrown: it is asked
        /// for once, at the end.
        var reason: JSONError.Reason?
    }

    let text: JSONText
    var place: Int
    /// Of the innermost open container; before it stand those of the ones around.
    var frame: UnsafeMutablePointer<Frame>
    let lastFrame: UnsafeMutablePointer<Frame>
    /// The tape, and its first node that is not used.
    let nodes: UnsafeMutablePointer<JSONTape.Node>
    var node: UnsafeMutablePointer<JSONTape.Node>

    @inline(__always)
    var nodeCount: Int {
        Int(bitPattern: (UInt(bitPattern: node) &- UInt(bitPattern: nodes)) / 16)
    }

    /// Reads on to the end of the outermost value, to a fault, or to where nodes are missing.
    ///
    /// - Returns: Whether only nodes are missing.
    @inline(__always)
    mutating func read(
        upTo limit: UnsafeMutablePointer<JSONTape.Node>, _ asides: inout Asides
    ) -> Bool {
        while node < limit {
            if frame.pointee.isObject {
                if !name(&asides) { return false }
            } else {
                node.pointee.begin(named: .none)
            }
            var byte = text[place]
            if byte <= 0x20 { byte = byteBehindWhitespace() }
            let step =
                if byte == UInt8(ascii: "\"") {
                    string(&asides)
                } else if byte &- UInt8(ascii: "0") <= 9 {
                    number(isNegative: false, &asides)
                } else if byte == UInt8(ascii: "{") {
                    open(.object, until: UInt8(ascii: "}"), &asides)
                } else if byte == UInt8(ascii: "[") {
                    open(.array, until: UInt8(ascii: "]"), &asides)
                } else if byte == UInt8(ascii: "-") {
                    number(isNegative: true, &asides)
                } else {
                    literal(byte, &asides)
                }
            switch step {
            case .begun: continue
            case .read: if !comesToNext(&asides) { return false }
            case .faulty: return false
            }
        }
        return true
    }

    /// How far a value is read.
    enum Step {
        case read
        /// An array or object that is not empty: its first value comes next.
        case begun
        /// Reading ends; the reason is among the asides.
        case faulty
    }
}

// MARK: Parts of values

extension JSONScanner {
    /// The value that was begun.
    @inline(__always)
    mutating func append(_ kind: JSONTape.Kind, _ content: UInt64 = 0) {
        node.pointee.set(kind, content)
        node += 1
    }

    /// Whether a sign is next, perhaps behind white space; then it is passed.
    @inline(__always)
    mutating func passes(_ sign: UInt8) -> Bool {
        let byte = text[place]
        if byte == sign {
            place &+= 1
            return true
        }
        guard byte <= 0x20, byteBehindWhitespace() == sign else { return false }
        place &+= 1
        return true
    }

    @inline(__always)
    mutating func byteBehindWhitespace() -> UInt8 {
        place = text.endOfWhitespace(from: place)
        return text[place]
    }

    // The first byte lowest; of `false` without the first one.
    private static var `true`: UInt32 { 0x6575_7274 }
    private static var null: UInt32 { 0x6C6C_756E }
    private static var alse: UInt32 { 0x6573_6C61 }

    @inline(__always)
    private mutating func literal(_ first: UInt8, _ asides: inout Asides) -> Step {
        if text.halfWord(at: place) == Self.true {
            append(.yes)
            place &+= 4
        } else if first == UInt8(ascii: "f"), text.halfWord(at: place &+ 1) == Self.alse {
            append(.no)
            place &+= 5
        } else if text.halfWord(at: place) == Self.null {
            append(.null)
            place &+= 4
        } else {
            asides.reason = Self.reason(in: text, at: place)
            return .faulty
        }
        return .read
    }

    /// Why no value begins at a place.
    @inline(never)
    private static func reason(in text: JSONText, at place: Int) -> JSONError.Reason {
        let needed: Int
        switch text[place] {
        case UInt8(ascii: "t"), UInt8(ascii: "n"): needed = 4
        case UInt8(ascii: "f"): needed = 5
        default: return place < text.count ? .otherThanValue : .noValue
        }
        return text.count - place < needed ? .otherThanValue : .otherThanLiteral
    }
}
