import Core

/// A piece of a JSON document as it was written: what is in it is found without reading the rest,
/// and shown again byte for byte.
///
/// A value that is read and written again can be another text, `1` for `1.0`, and no document is
/// read that has more than `Limits.jsonElementsMax` elements. Of what is no JSON, pieces are found
/// or not; none of them has a value.
struct JSONPiece: Equatable, Sendable {
    let bytes: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    fileprivate init(_ bytes: ArraySlice<UInt8>) { self.bytes = JSONWalk.trimmed(bytes) }

    /// A member of an object, by a name that has nothing to be escaped; nil where it has none, or
    /// is no object.
    subscript(name: String) -> JSONPiece? {
        guard var walk = JSONWalk(bytes, behind: UInt8(ascii: "{")) else { return nil }
        while true {
            let found = walk.take()
            guard walk.passes(UInt8(ascii: ":")) else { return nil }
            let value = walk.take()
            if found.count > 1, found.dropFirst().dropLast().elementsEqual(name.utf8) {
                return value.isEmpty ? nil : JSONPiece(value)
            }
            guard walk.passes(UInt8(ascii: ",")) else { return nil }
        }
    }

    /// The elements of an array; nil of anything else.
    var elements: [JSONPiece]? {
        guard var walk = JSONWalk(bytes, behind: UInt8(ascii: "[")) else { return nil }
        var found: [JSONPiece] = []
        while true {
            let element = walk.take()
            guard !element.isEmpty else { return found }
            found.append(JSONPiece(element))
            guard walk.passes(UInt8(ascii: ",")) else { return found }
        }
    }

    /// As it was written, on one line.
    var line: [UInt8] {
        // Inside of a text a line's end is never written as itself.
        bytes.filter { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    }

    /// What is written; nil where it is no JSON, or too much of it.
    var value: JSONValue? { try? JSONScanner.scan(Array(bytes)) }

    var string: String? { value?.string }
    var bool: Bool? { value?.bool }
    var int: Int64? { value?.int }
    var double: Double? { value?.double }
}

/// Goes through what an array or an object holds, and looks of each value only for its end.
private struct JSONWalk {
    private var rest: ArraySlice<UInt8>

    /// - Returns: nil where it does not begin so.
    init?(_ bytes: ArraySlice<UInt8>, behind bracket: UInt8) {
        guard bytes.first == bracket else { return nil }
        rest = bytes.dropFirst()
    }

    static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return [] }
        return bytes[first...last]
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
        case _: false
        }
    }

    /// What stands before the next sign between values.
    mutating func take() -> ArraySlice<UInt8> {
        let end = end
        defer { rest = rest[end...] }
        return Self.trimmed(rest[..<end])
    }

    /// Whether a sign is next; then it is passed.
    mutating func passes(_ sign: UInt8) -> Bool {
        guard rest.first == sign else { return false }
        rest.removeFirst()
        return true
    }

    private var end: Int {
        var (depth, isText, isEscaped) = (0, false, false)
        for place in rest.indices {
            let byte = rest[place]
            if isText {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return place }
                depth -= 1
            case UInt8(ascii: ","), UInt8(ascii: ":"): if depth == 0 { return place }
            case _: break
            }
        }
        return rest.endIndex
    }
}
