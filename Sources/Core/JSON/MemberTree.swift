/// The members of documents that somebody asks for, by their names and those around them: what a
/// document has of them is found in one pass over it.
///
/// Members are numbered from 1 in the order in which they were added; 0 is the document itself, or
/// whatever node of it is looked at as the document.
public struct MemberTree: Sendable {
    /// A member by its parent and name.
    @usableFromInline
    struct Slot: Sendable {
        /// -1 where there is none.
        @usableFromInline var member: Int32 = -1
        @usableFromInline var parent: Int32 = 0
        @usableFromInline var name = NameWord()

        @inlinable
        init() {}
    }

    @usableFromInline
    struct Member: Sendable {
        @usableFromInline let parent: Int
        @usableFromInline let name: Range<Int>
        /// Of the names that are asked for in it.
        @usableFromInline var filter = NameBits()
    }

    public static let root = 0

    @usableFromInline var members = [Member(parent: root, name: 0..<0)]
    @usableFromInline var names: [UInt8] = []
    /// Hashed; a power of two, less than half of them taken.
    @usableFromInline var slots = [Slot](repeating: Slot(), count: 4)

    public init() {}

    /// The root among them.
    public var count: Int { members.count }

    public func parent(of member: Int) -> Int { members[member].parent }

    /// The number of a member, which is added if it is new.
    public mutating func add(_ name: [UInt8], to parent: Int) -> Int {
        if let known = name.withUnsafeBytes({ member(named: $0, of: parent) }) { return known }
        let start = names.count
        names += name
        members.append(Member(parent: parent, name: start..<names.count))
        name.withUnsafeBytes { members[parent].filter.insert($0) }
        if 2 * members.count > slots.count {
            slots = Array(repeating: Slot(), count: 2 * slots.count)
            for member in members.indices.dropFirst() { enter(member) }
        } else {
            enter(members.count - 1)
        }
        return members.count - 1
    }

    private mutating func enter(_ member: Int) {
        var slot = Slot()
        slot.member = Int32(member)
        slot.parent = Int32(members[member].parent)
        slot.name = names.withUnsafeBytes {
            NameWord(UnsafeRawBufferPointer(rebasing: $0[members[member].name]))
        }
        var place = slot.name.hash(under: members[member].parent)
        while slots[place & (slots.count - 1)].member >= 0 { place += 1 }
        slots[place & (slots.count - 1)] = slot
    }

    private func member(named name: UnsafeRawBufferPointer, of parent: Int) -> Int? {
        withPass { $0.member(named: name, of: parent) }
    }

    /// Lends what a pass needs, for as long as the call takes.
    @inlinable @inline(__always)
    func withPass<Result>(_ body: (Pass) -> Result) -> Result {
        slots.withUnsafeBufferPointer { slots in
            members.withUnsafeBufferPointer { members in
                names.withUnsafeBytes { names in
                    body(Pass(slots: slots, members: members, names: names))
                }
            }
        }
    }
}

extension MemberTree {
    /// Where a member is.
    public struct Place: Equatable, Sendable {
        public let member: Int32
        public let node: Int32
        /// Members of the objects around it, in eighths, each rounded down: what looking it up
        /// costs in fuel.
        public let eighths: Int32

        @inlinable @inline(__always)
        init(member: Int32, node: Int32, eighths: Int32) {
            self.member = member
            self.node = node
            self.eighths = eighths
        }
    }

    /// Goes through what a document has of the members, in its order, one before those in it.
    ///
    /// - Parameter root: The node that is looked at as the document.
    @inlinable @inline(__always)
    public func forEachMember(of root: Int, in view: JSONView, _ body: (Place) -> Void) {
        withPass { pass in
            guard view.kind(of: root) == .object else { return }
            let place = Place(member: 0, node: Int32(truncatingIfNeeded: root), eighths: 0)
            pass.visit(place, in: view, body)
        }
    }

    /// One pass over a document: plain pointers, so that no name counts a reference.
    @usableFromInline
    struct Pass {
        @usableFromInline let slots: UnsafeBufferPointer<Slot>
        @usableFromInline let members: UnsafeBufferPointer<Member>
        @usableFromInline let names: UnsafeRawBufferPointer

        @inlinable @inline(__always)
        init(
            slots: UnsafeBufferPointer<Slot>, members: UnsafeBufferPointer<Member>,
            names: UnsafeRawBufferPointer
        ) {
            self.slots = slots
            self.members = members
            self.names = names
        }

        /// - Precondition: The parent is an object.
        @inlinable
        func visit(_ parent: Place, in view: JSONView, _ body: (Place) -> Void) {
            let object = Int(parent.node)
            let filter = members[Int(parent.member)].filter
            if filter.isEmpty { return }
            let eighths =
                parent.eighths &+ Int32(truncatingIfNeeded: view.count(of: object) >> 3)
            let end = view.next(object)
            var node = object &+ 1
            while node < end {
                let name = view.name(of: node)
                if filter.mayContain(name),
                    let member = member(named: name, of: Int(parent.member))
                {
                    let place = Place(
                        member: Int32(truncatingIfNeeded: member),
                        node: Int32(truncatingIfNeeded: node), eighths: eighths)
                    body(place)
                    if view.kind(of: node) == .object { visit(place, in: view, body) }
                }
                node = view.next(node)
            }
        }

        @inlinable @inline(__always)
        func member(named name: UnsafeRawBufferPointer, of parent: Int) -> Int? {
            let word = NameWord(name)
            var place = word.hash(under: parent)
            while true {
                let slot = slots[place & (slots.count &- 1)]
                guard slot.member >= 0 else { return nil }
                let member = Int(slot.member)
                if slot.name == word, Int(slot.parent) == parent,
                    word.isWhole || isName(of: member, name)
                {
                    return member
                }
                place &+= 1
            }
        }

        @usableFromInline
        func isName(of member: Int, _ name: UnsafeRawBufferPointer) -> Bool {
            UnsafeRawBufferPointer(rebasing: names[members[member].name]).hasSameBytes(as: name)
        }
    }
}
