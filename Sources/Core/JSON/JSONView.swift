/// A document that is looked at through plain pointers: for code that can afford no reference
/// counting for a look.
///
/// It holds nothing: it is valid within the call of `JSONDocument.withView` that gave it.
public struct JSONView {
    @usableFromInline let nodes: UnsafePointer<JSONTape.Node>
    @usableFromInline let texts: UnsafeRawPointer

    @inlinable @inline(__always)
    init(nodes: UnsafePointer<JSONTape.Node>, texts: UnsafeRawPointer) {
        self.nodes = nodes
        self.texts = texts
    }

    /// What a node is.
    public enum Kind: UInt8 {
        case null, no, yes, int, double, string, array, object
    }

    @inlinable @inline(__always)
    public func kind(of node: Int) -> Kind {
        // The same cases in the same order.
        unsafeBitCast(nodes[node].kind.rawValue, to: Kind.self)
    }

    /// The bits of an int64 or a double.
    @inlinable @inline(__always)
    public func bits(of number: Int) -> UInt64 { nodes[number].content }

    @inlinable @inline(__always)
    public func text(of string: Int) -> UnsafeRawBufferPointer { text(nodes[string].text) }

    /// Members or elements.
    ///
    /// - Precondition: The node is an array or an object.
    @inlinable @inline(__always)
    public func count(of container: Int) -> Int { nodes[container].count }

    /// The node behind a value and everything in it.
    @inlinable @inline(__always)
    public func next(_ node: Int) -> Int {
        let entry = nodes[node]
        switch entry.kind {
        case .null, .no, .yes, .int, .double, .string: return node + 1
        case .array, .object: return entry.next
        }
    }

    /// The name of a member.
    @inlinable @inline(__always)
    public func name(of member: Int) -> UnsafeRawBufferPointer { text(nodes[member].name) }

    /// The member with a name; nil where the object has none.
    ///
    /// - Precondition: The node is an object.
    @inlinable @inline(__always)
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
    @inlinable
    public func element(_ place: Int, of array: Int) -> Int {
        var element = array + 1
        for _ in 0..<place { element = next(element) }
        return element
    }

    @inlinable @inline(__always)
    func text(_ slice: JSONTape.Slice) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: texts + Int(slice.start), count: Int(slice.count))
    }
}

extension JSONView {
    /// A value as a tree.
    public func value(of node: Int) -> JSONValue {
        switch kind(of: node) {
        case .null: return .null
        case .no: return .bool(false)
        case .yes: return .bool(true)
        case .int: return .number(.int(Int64(bitPattern: bits(of: node))))
        case .double: return .number(.double(Double(bitPattern: bits(of: node))))
        case .string: return .string(String(decoding: text(of: node), as: UTF8.self))
        case .array:
            var elements: [JSONValue] = []
            elements.reserveCapacity(count(of: node))
            let end = next(node)
            var element = node + 1
            while element < end {
                elements.append(value(of: element))
                element = next(element)
            }
            return .array(elements)
        case .object:
            var members: [JSONObject.Member] = []
            members.reserveCapacity(count(of: node))
            let end = next(node)
            var member = node + 1
            while member < end {
                let name = String(decoding: name(of: member), as: UTF8.self)
                members.append(.init(name: name, value: value(of: member)))
                member = next(member)
            }
            return .object(JSONObject(members))
        }
    }
}

extension JSONDocument {
    /// Lends a view of the document for as long as the call takes.
    @inlinable @inline(__always)
    public func withView<Result, Failure: Error>(
        _ body: (JSONView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try tape.texts.span.withUnsafeBytes { (texts) throws(Failure) -> Result in
            try tape.nodes.span.withUnsafeBufferPointer { (nodes) throws(Failure) -> Result in
                guard let nodes = nodes.baseAddress, let texts = texts.baseAddress else {
                    preconditionFailure("a document has a node and the text it was read from")
                }
                return try body(JSONView(nodes: nodes, texts: texts))
            }
        }
    }
}
