import CEL
import Core

/// The fields that rules ask about, and what they compare them with. Does not change.
///
/// Fields of the payload stand below the one that has them, down to the payload itself. A class for
/// the reason that `RuleLayout` is one.
final class FieldTable: Sendable {
    enum Source: Equatable, Sendable {
        case topic, entity
        case capture(Int)
        /// A member of the payload by its place in `members`; the payload itself is its root.
        case payload(Int)
    }

    struct Field: Sendable {
        let source: Source
        /// Whether a rule asks for its being equal to a constant, or for how its text begins.
        var isCompared = false
        var isPrefixed = false
        /// Whether a term is about it: then it is looked at in every message.
        var isUsed = false
    }

    /// The payload, which is the first field.
    static let payload = 0

    let fields: [Field]
    /// Those of every message, as far as they are looked at.
    let roots: [Int]
    let constants: ConstantTable
    let prefixes: TextTable
    /// The members of the payload that are fields, and those that are only asked for by code.
    let members: MemberTree
    /// By member; -1 of one that is no field.
    private let memberFields: [Int32]
    /// The members that code asks for.
    let paths: MemberPaths

    /// - Parameter fields: The payload first.
    init(
        _ fields: [Field], members: MemberTree, _ paths: MemberPaths, _ constants: ConstantTable,
        _ prefixes: TextTable
    ) {
        self.fields = fields
        self.members = members
        self.paths = paths
        self.constants = constants
        self.prefixes = prefixes
        var memberFields = [Int32](repeating: -1, count: members.count)
        var roots: [Int] = []
        for (index, field) in fields.enumerated() {
            switch field.source {
            case .payload(let member): memberFields[member] = Int32(index)
            case .topic, .entity, .capture: if field.isUsed { roots.append(index) }
            }
        }
        self.memberFields = memberFields
        self.roots = roots
    }

    /// The field that a field is a member of; nil where it is none.
    func parent(of field: Int) -> Int? {
        guard field != Self.payload, case .payload(let member) = fields[field].source else {
            return nil
        }
        return self.field(ofMember: members.parent(of: member))
    }

    /// nil of a member that no term is about.
    @inline(__always)
    func field(ofMember member: Int) -> Int? {
        let field = Int(memberFields[member])
        return field < 0 ? nil : field
    }
}
