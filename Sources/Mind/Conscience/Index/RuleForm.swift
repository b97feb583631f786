import CEL
import Core

/// The form of a rule's condition, and the constants that it has in it.
struct RuleForm {
    /// What rules of one group have in common.
    struct Key: Hashable {
        /// A field of every message and the constant that it has to be.
        var scope: [Int] = []
        var terms: [TermKey] = []
        /// Fields of the other terms, one of which has to be there; ascending.
        var needs: [[Int]] = []
        var isOpen = false
    }

    struct TermKey: Hashable {
        var field: Int
        var kind: RuleLayout.Term.Kind
    }

    /// What a rule's term has for itself.
    enum Operand {
        case none
        case bound(Double)
        case values([Value])
        case prefix(String)
    }

    private(set) var terms: [(key: TermKey, operand: Operand)] = []
    private(set) var needs: [[Int]] = []
    private(set) var isOpen = false
    /// A term that wants a field of every message to be one of a few values.
    private(set) var scope: (field: Int, values: [Value])?

    init(_ rule: Rule, _ fields: inout FieldTableBuilder) {
        let known = RuleTerms(rule)
        for test in known.tests { add(test.test, &fields) }
        for paths in known.others { add(needs: paths, &fields) }
        terms.sort { ($0.key.kind.rank, $0.key.field) < ($1.key.kind.rank, $1.key.field) }
        needs = Set(needs).sorted { $0.lexicographicallyPrecedes($1) }
    }

    private mutating func add(_ test: FieldTest, _ fields: inout FieldTableBuilder) {
        guard let field = RuleLayout.field(of: test, in: &fields) else {
            return add(needs: [test.need], &fields)
        }
        switch test.kind {
        case .isOneOf(let values):
            let isFew = values.count <= Limits.indexedScopesMax
            if scope == nil, isFew, fields.isOfEveryMessage(field) {
                scope = (field, values)
            } else {
                add(field, .isOneOf, .values(values))
            }
            fields.compare(field, with: values)
        case .startsWith(let prefix):
            add(field, .startsWith, .prefix(prefix))
            fields.compare(field, withPrefix: prefix)
        case .isOrdered(let relation, let value):
            let bound = value.asDouble ?? .nan
            switch relation {
            case .greaterOrEqual: add(field, .atLeast, .bound(bound))
            case .greater: add(field, .atLeast, .bound(bound.isExactBound ? bound.nextUp : bound))
            case .lessOrEqual: add(field, .atMost, .bound(bound))
            case .less: add(field, .atMost, .bound(bound.isExactBound ? bound.nextDown : bound))
            }
        case .isBool(let isTrue): add(field, .isBool(isTrue), .none)
        case .exists(let isThere): add(field, .exists(isThere), .none)
        case .isMember(let isThere): add(field, .isMember(isThere), .none)
        }
    }

    private mutating func add(_ field: Int, _ kind: RuleLayout.Term.Kind, _ operand: Operand) {
        terms.append((TermKey(field: field, kind: kind), operand))
    }

    /// A term of which no more is known than what it cannot do without.
    private mutating func add(needs paths: [FieldPath], _ fields: inout FieldTableBuilder) {
        var list: Set<Int> = []
        for path in paths where path.slot == RuleEnvironment.Name.payload.rawValue {
            guard !path.names.isEmpty, let field = fields.field(path) else { continue }
            list.insert(field)
        }
        if list.isEmpty { isOpen = true } else { needs.append(list.sorted()) }
    }

    /// The keys of the groups that the rule belongs to: one for each constant of its scope.
    func keys(_ constants: ConstantTable) -> [Key] {
        let key = Key(terms: terms.map(\.key), needs: needs, isOpen: isOpen)
        guard let scope else { return [key] }
        return Set(scope.values.compactMap { constants.number(of: $0) }).sorted().map { constant in
            var key = key
            key.scope = [scope.field, constant]
            return key
        }
    }
}

extension RuleLayout {
    /// The field that a test looks at; nil where the index does not look at it.
    static func field(of test: FieldTest, in fields: inout FieldTableBuilder) -> Int? {
        switch test.kind {
        case .exists, .isMember:
            guard test.path.slot == RuleEnvironment.Name.payload.rawValue else { return nil }
        case .isOneOf, .startsWith, .isOrdered, .isBool: break
        }
        return fields.field(test.path)
    }
}

extension RuleLayout.Term.Kind {
    /// What decides for the whole group comes first.
    fileprivate var rank: Int {
        switch self {
        case .exists(let isThere): isThere ? 0 : 1
        case .isMember(let isThere): isThere ? 2 : 3
        case .isBool(let isTrue): isTrue ? 4 : 5
        case .isOneOf: 6
        case .startsWith: 7
        case .atLeast: 8
        case .atMost: 9
        }
    }
}
