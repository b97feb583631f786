/// A document that is looked at through plain pointers: for code that can afford no reference
/// counting for a look.
///
/// It holds nothing: it is valid within the call of `JSONDocument.withView` that gave it.
public struct JSONView {
    let nodes: UnsafePointer<JSONTape.Node>
    let bytes: UnsafeRawPointer
    /// Texts that had escapes; nil where there are none.
    let decoded: UnsafeRawPointer?

    /// What a node is, with what can be said of it at once.
    public enum Content {
        case null
        case bool(Bool)
        case int(Int64)
        case double(Double)
        case string(UnsafeRawBufferPointer)
        case array
        case object
    }

    @inline(__always)
    public func content(of node: Int) -> Content {
        let entry = nodes[node]
        switch entry.kind {
        case .null: return .null
        case .no: return .bool(false)
        case .yes: return .bool(true)
        case .int: return .int(Int64(bitPattern: entry.content))
        case .double: return .double(Double(bitPattern: entry.content))
        case .string: return .string(text(entry.text))
        case .array: return .array
        case .object: return .object
        }
    }

    /// Members or elements.
    ///
    /// - Precondition: The node is an array or an object.
    @inline(__always)
    public func count(of container: Int) -> Int { nodes[container].count }

    /// The node behind a value and everything in it.
    @inline(__always)
    public func next(_ node: Int) -> Int {
        let entry = nodes[node]
        switch entry.kind {
        case .null, .no, .yes, .int, .double, .string: return node + 1
        case .array, .object: return entry.next
        }
    }

    /// The name of a member.
    @inline(__always)
    public func name(of member: Int) -> UnsafeRawBufferPointer { text(nodes[member].name) }

    /// The member with a name; nil where the object has none.
    ///
    /// - Precondition: The node is an object.
    @inline(__always)
    public func member(_ name: UnsafeRawBufferPointer, of object: Int) -> Int? {
        let end = nodes[object].next
        var member = object + 1
        while member < end {
            let own = nodes[member].name
            if Int(own.count) == name.count, text(own).hasSameBytes(as: name) { return member }
            member = next(member)
        }
        return nil
    }

    /// The element at a place.
    ///
    /// - Precondition: The node is an array that has so many.
    public func element(_ place: Int, of array: Int) -> Int {
        var element = array + 1
        for _ in 0..<place { element = next(element) }
        return element
    }

    @inline(__always)
    private func text(_ slice: JSONTape.Slice) -> UnsafeRawBufferPointer {
        let start = slice.isDecoded ? decoded : bytes
        return UnsafeRawBufferPointer(
            start: start.map { $0 + Int(slice.start) }, count: Int(slice.count))
    }
}

extension JSONDocument {
    /// Lends a view of the document for as long as the call takes.
    @inline(__always)
    public func withView<Result, Failure: Error>(
        _ body: (JSONView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.span.withUnsafeBytes { (bytes) throws(Failure) -> Result in
            try tape.decoded.span.withUnsafeBytes { (decoded) throws(Failure) -> Result in
                try tape.nodes.span.withUnsafeBufferPointer { (nodes) throws(Failure) -> Result in
                    guard let nodes = nodes.baseAddress, let bytes = bytes.baseAddress else {
                        preconditionFailure("a document has a node and the bytes it was read from")
                    }
                    return try body(
                        JSONView(nodes: nodes, bytes: bytes, decoded: decoded.baseAddress))
                }
            }
        }
    }
}
