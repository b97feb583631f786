/// What a value is, before anything of it is made.
extension JSONDocument {
    public enum Kind: Sendable { case null, bool(Bool), number(JSONNumber), text, list, map }

    @inline(__always)
    public func kind(of node: Int) -> Kind {
        let entry = tape.nodes[node]
        return switch entry.kind {
        case .null: .null
        case .no: .bool(false)
        case .yes: .bool(true)
        case .int: .number(.int(Int64(bitPattern: entry.content)))
        case .double: .number(.double(Double(bitPattern: entry.content)))
        case .string: .text
        case .array: .list
        case .object: .map
        }
    }
}
