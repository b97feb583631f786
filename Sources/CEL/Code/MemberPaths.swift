import Core

/// Which members of a document are paths that programs ask for: found together in one pass, they
/// need not be looked up one by one.
public final class MemberPaths: Sendable {
    struct Path: Sendable {
        /// In the table that the programs share; -1 where none asks for the member.
        var number: Int32 = -1
        /// What looking it up costs in fuel, but for what depends on the document.
        var cost: Int32 = 0
    }

    /// Whose numbers they are; held, so that no other table gets its name.
    private let scope: PathTable.Scope?
    let scopeID: ObjectIdentifier?
    /// By member of the tree.
    let paths: [Path]

    /// What programs ask a variable for; the tree has it from now on.
    ///
    /// - Precondition: The programs share one table.
    public init(of programs: [Program], slot: Int, in tree: inout MemberTree) {
        scope = programs.first?.pathScope
        scopeID = scope.map { ObjectIdentifier($0) }
        var members: [Int: Path] = [:]
        for program in programs {
            precondition(program.pathScope === scope)
            for use in UnsafeBufferPointer(start: program.paths, count: program.pathUseCount)
            where use.slot == slot && use.count > 0 && !use.isRules {
                let member = (0..<Int(use.count)).reduce(MemberTree.root) { parent, field in
                    tree.add(Array(use.fields[field].text), to: parent)
                }
                members[member] = Path(number: use.number, cost: 1 + use.count)
            }
        }
        paths = (0..<tree.count).map { members[$0] ?? Path() }
    }
}

/// What one document has of a tree's members: valid for as long as its memory is.
public struct FoundMembers {
    let places: UnsafeBufferPointer<MemberTree.Place>
    let paths: MemberPaths

    /// - Parameter paths: The members of that tree that programs ask for.
    public init(_ places: UnsafeBufferPointer<MemberTree.Place>, _ paths: MemberPaths) {
        self.places = places
        self.paths = paths
    }
}
