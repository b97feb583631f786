/// The names of an object under way: compared one by one while there are few, then hashed, so that
/// 65,536 names cost no 65,536² comparisons.
struct NameSet {
    /// The object's node; the members read so far are behind it on the tape.
    let object: Int
    /// The node behind the last one: it has the name that is new, or not.
    let end: Int
    let nodes: UnsafeMutablePointer<JSONTape.Node>
    let text: JSONText

    /// Whether no member has the name of node `end`.
    ///
    /// - Parameters:
    ///   - count: of the members read so far.
    ///   - tables: of open objects; that of an object with many names is the last one.
    @inline(never)
    func isNew(count: UInt32, _ tables: inout [NameTable]) -> Bool {
        if count < NameFilter.countMax { return !hasMember }
        if count == NameFilter.countMax {
            var table = NameTable()
            var member = object &+ 1
            while member < end {
                _ = insert(member, into: &table)
                member = next(member)
            }
            tables.append(table)
        }
        return insert(end, into: &tables[tables.count - 1])
    }

    private var hasMember: Bool {
        let name = nodes[end].name
        // Names of one length differ at the end, most of them.
        let last = text.lastByte(of: name)
        var member = object &+ 1
        while member < end {
            let other = nodes[member].name
            if other.count == name.count, text.lastByte(of: other) == last,
                text.isSame(name, other)
            {
                return true
            }
            member = next(member)
        }
        return false
    }

    /// - Returns: false when another member has its name.
    private func insert(_ member: Int, into table: inout NameTable) -> Bool {
        let name = text[nodes[member].name.range]
        return table.insert(member, named: name) {
            name.hasSameBytes(as: text[nodes[$0].name.range])
        }
    }

    @inline(__always)
    private func next(_ node: Int) -> Int {
        switch nodes[node].kind {
        case .null, .no, .yes, .int, .double, .string: node &+ 1
        case .array, .object: nodes[node].next
        }
    }
}
