/// A JSON document that is read in place: checked whole, its values looked at without being made.
///
/// Values are named by their node; the document itself is node 0.
public struct JSONDocument: Sendable {
    public let bytes: [UInt8]
    @usableFromInline let tape: JSONTape

    /// - Parameter tape: an old one, which is empty afterwards: the document has its memory, as
    ///   long as nobody else holds a copy of it. A document that is refused leaves it.
    /// - Throws: `JSONError`: the bytes are rejected as a whole.
    public init(_ bytes: [UInt8], reusing tape: inout JSONTape) throws(JSONError) {
        try bytes.span.withUnsafeBytes { (buffer) throws(JSONError) in
            try JSONScanner.read(buffer, into: &tape)
        }
        self.bytes = bytes
        var own = JSONTape()
        swap(&own, &tape)
        self.tape = own
    }

    public init(_ bytes: [UInt8]) throws(JSONError) {
        var tape = JSONTape()
        try self.init(bytes, reusing: &tape)
    }

    /// Gives the tape back for the next document.
    public consuming func recycled() -> JSONTape { tape }

    /// The document as a tree of values.
    public var value: JSONValue { value(of: 0) }

    public var isObject: Bool { tape.nodes[0].kind == .object }
}

// MARK: Nodes

extension JSONDocument {
    /// The nodes of the members of an object, in its order; none of what is no object.
    public func forEachMember(of node: Int = 0, _ body: (Int) -> Void) {
        guard tape.nodes[node].kind == .object else { return }
        let end = tape.nodes[node].next
        var member = node + 1
        while member < end {
            body(member)
            member = next(member)
        }
    }

    /// The node behind a value and everything in it.
    @inline(__always)
    public func next(_ node: Int) -> Int {
        switch tape.nodes[node].kind {
        case .null, .no, .yes, .int, .double, .string: node + 1
        case .array, .object: tape.nodes[node].next
        }
    }

    /// The member of an object with this name, told apart by bytes; nil where there is none, or no
    /// object.
    public func member(_ name: UnsafeRawBufferPointer, of node: Int = 0) -> Int? {
        guard tape.nodes[node].kind == .object else { return nil }
        let end = tape.nodes[node].next
        var member = node + 1
        while member < end {
            let slice = tape.nodes[member].name
            if Int(slice.count) == name.count, with(slice, { $0.hasSameBytes(as: name) }) {
                return member
            }
            member = next(member)
        }
        return nil
    }

    public func name(of node: Int) -> String { string(tape.nodes[node].name) }

    /// The name's bytes, for as long as the call takes.
    @inline(__always)
    public func withName<Result>(
        of node: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        with(tape.nodes[node].name, body)
    }

    /// The text's bytes, for as long as the call takes; none of what is no text.
    @inline(__always)
    public func withText<Result>(
        of node: Int, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        guard tape.nodes[node].kind == .string else { return body(.init(start: nil, count: 0)) }
        return with(tape.nodes[node].text, body)
    }

    /// A value as a tree.
    public func value(of node: Int) -> JSONValue {
        let entry = tape.nodes[node]
        switch entry.kind {
        case .null: return .null
        case .no: return .bool(false)
        case .yes: return .bool(true)
        case .int: return .number(.int(Int64(bitPattern: entry.content)))
        case .double: return .number(.double(Double(bitPattern: entry.content)))
        case .string: return .string(string(entry.text))
        case .array:
            var elements: [JSONValue] = []
            elements.reserveCapacity(entry.count)
            var element = node + 1
            while element < entry.next {
                elements.append(value(of: element))
                element = next(element)
            }
            return .array(elements)
        case .object:
            var members: [JSONObject.Member] = []
            members.reserveCapacity(entry.count)
            var member = node + 1
            while member < entry.next {
                members.append(.init(name: name(of: member), value: value(of: member)))
                member = next(member)
            }
            return .object(JSONObject(members))
        }
    }

    private func string(_ slice: JSONTape.Slice) -> String {
        with(slice) { String(decoding: $0, as: UTF8.self) }
    }

    @inline(__always)
    private func with<Result>(
        _ slice: JSONTape.Slice, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        tape.texts.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[slice.range])) }
    }
}
