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
        /// Whether a member of it is asked for.
        @usableFromInline var hasMembers = false
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
        members[parent].hasMembers = true
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

    @inlinable @inline(__always)
    func member(named name: UnsafeRawBufferPointer, of parent: Int) -> Int? {
        let word = NameWord(name)
        var place = word.hash(under: parent)
        while true {
            let slot = slots[place & (slots.count &- 1)]
            guard slot.member >= 0 else { return nil }
            if slot.name == word, Int(slot.parent) == parent,
                word.isWhole || isName(of: Int(slot.member), name)
            {
                return Int(slot.member)
            }
            place &+= 1
        }
    }

    @usableFromInline
    func isName(of member: Int, _ name: UnsafeRawBufferPointer) -> Bool {
        names.withUnsafeBytes {
            UnsafeRawBufferPointer(rebasing: $0[members[member].name]).hasSameBytes(as: name)
        }
    }
}

extension MemberTree {
    /// Where a member is.
    public struct Place: Equatable, Sendable {
        public let member: Int
        public let node: Int
        /// Members of the objects around it, in eighths, each rounded down: what looking it up
        /// costs in fuel.
        public let eighths: Int

        @inlinable @inline(__always)
        init(member: Int, node: Int, eighths: Int) {
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
        guard members[Self.root].hasMembers, view.kind(of: root) == .object else { return }
        visit(Place(member: Self.root, node: root, eighths: 0), in: view, body)
    }

    /// - Precondition: The place is an object.
    @inlinable
    func visit(_ parent: Place, in view: JSONView, _ body: (Place) -> Void) {
        let eighths = parent.eighths &+ view.count(of: parent.node) >> 3
        let end = view.next(parent.node)
        var node = parent.node &+ 1
        while node < end {
            if let member = member(named: view.name(of: node), of: parent.member) {
                let place = Place(member: member, node: node, eighths: eighths)
                body(place)
                if members[member].hasMembers, view.kind(of: node) == .object {
                    visit(place, in: view, body)
                }
            }
            node = view.next(node)
        }
    }
}
