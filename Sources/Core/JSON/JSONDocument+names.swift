/// What a document's members are called, as one key: most messages of a device have the same.
extension JSONDocument {
    /// The names of the members in their order, each behind its length; nil of what is no object.
    public var memberNames: [UInt8]? {
        guard isObject else { return nil }
        var names: [UInt8] = []
        forEachMember { member in
            withName(of: member) { name in
                withUnsafeBytes(of: UInt32(name.count)) { names.append(contentsOf: $0) }
                names.append(contentsOf: name)
            }
        }
        return names
    }

    /// Whether `memberNames` is this.
    public func hasMemberNames(_ names: [UInt8]) -> Bool {
        guard isObject else { return false }
        return names.withUnsafeBytes { names in
            var place = 0
            var member = 1
            let end = tape.nodes[0].next
            while member < end {
                let isSame = withName(of: member) { name in
                    let next = place + 4 + name.count
                    guard next <= names.count,
                        names.loadUnaligned(fromByteOffset: place, as: UInt32.self)
                            == UInt32(name.count)
                    else { return false }
                    let own = UnsafeRawBufferPointer(rebasing: names[place + 4..<next])
                    place = next
                    return own.hasSameBytes(as: name)
                }
                guard isSame else { return false }
                member = self.next(member)
            }
            return place == names.count
        }
    }
}
