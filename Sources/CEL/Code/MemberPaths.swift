import Core

/// Which members of a document are paths that programs ask for: found together in one pass, they
/// need not be looked up one by one.
public struct MemberPaths: Sendable {
    private struct Path: Sendable {
        /// In the table that the programs share; -1 where none asks for the member.
        var number: Int32 = -1
        /// What looking it up costs in fuel, but for what depends on the document.
        var cost: Int32 = 0
    }

    /// Whose numbers they are.
    fileprivate private(set) var scope: PathTable.Scope?
    /// By member of the tree.
    private var paths: [Path] = []

    public init() {}

    /// Adds what a program asks a variable for.
    ///
    /// - Precondition: It shares a table with those that were added before, and the tree is the
    ///   same.
    public mutating func add(_ program: Program, slot: Int, to tree: inout MemberTree) {
        precondition(scope == nil || scope === program.pathScope)
        scope = program.pathScope
        for use in UnsafeBufferPointer(start: program.paths, count: program.pathUseCount)
        where use.slot == slot && use.count > 0 && !use.isRules {
            var member = MemberTree.root
            for field in 0..<Int(use.count) {
                member = tree.add(Array(use.fields[field].text), to: member)
            }
            while paths.count < tree.count { paths.append(Path()) }
            paths[member] = Path(number: use.number, cost: 1 + use.count)
        }
    }

    @inline(__always)
    fileprivate func found(_ place: MemberTree.Place) -> FoundPaths.Path? {
        guard place.member < paths.count, paths[place.member].number >= 0 else { return nil }
        let path = paths[place.member]
        return FoundPaths.Path(
            number: path.number, node: Int32(truncatingIfNeeded: place.node),
            cost: path.cost &+ Int32(truncatingIfNeeded: place.eighths))
    }
}

/// What one document has of the paths that programs ask for. Memory to be used again.
public struct FoundPaths: Sendable {
    struct Path: Sendable {
        let number: Int32
        let node: Int32
        let cost: Int32
    }

    private(set) var paths: [Path] = []
    /// Whose numbers these are; held, so that no other table gets its name.
    private(set) var scope: PathTable.Scope?

    public init() {}

    public var count: Int { paths.count }

    /// Forgets what was found in the document before.
    @inline(__always)
    public mutating func begin(with members: MemberPaths) {
        if scope !== members.scope { scope = members.scope }
        if !paths.isEmpty { paths.removeAll(keepingCapacity: true) }
    }

    /// Takes in a member of the document, if programs ask for it.
    @inline(__always)
    public mutating func append(_ place: MemberTree.Place, of members: MemberPaths) {
        if let path = members.found(place) { paths.append(path) }
    }
}
