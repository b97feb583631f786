import CEL
import Core

extension RuleLayout {
    /// A group while rules are still added to it.
    fileprivate struct Draft {
        var key: RuleForm.Key
        var rules: [Int] = []
        /// Of each rule, one for each term.
        var operands: [[RuleForm.Operand]] = []
    }

    /// - Parameter rules: indices into the rule set, ascending.
    convenience init(_ rules: [Int], of ruleset: RuleSet, on route: Route) {
        var builder = FieldTableBuilder(route)
        let forms = rules.map { RuleForm(ruleset.rules[$0], &builder) }
        for rule in rules { builder.add(ruleset.rules[rule].programs) }
        var tables = Tables(
            fields: builder.table(), countsFailures: route.kind.countsFailures)
        let drafts = Self.drafts(rules, forms, tables.fields.constants)
        for draft in drafts { tables.append(draft) }
        self.init(tables, Order(drafts, RuleLayout(tables)))
    }

    private static func drafts(
        _ rules: [Int], _ forms: [RuleForm], _ constants: ConstantTable
    ) -> [Draft] {
        var drafts: [Draft] = []
        var places: [RuleForm.Key: Int] = [:]
        for (rule, form) in zip(rules, forms) {
            for key in form.keys(constants) {
                let place = places[key] ?? drafts.count
                if place == drafts.count {
                    drafts.append(Draft(key: key))
                    places[key] = place
                }
                drafts[place].rules.append(rule)
                drafts[place].operands.append(form.terms.map(\.operand))
            }
        }
        return drafts
    }
}

extension RuleLayout.Tables {
    fileprivate mutating func append(_ draft: RuleLayout.Draft) {
        let firstTerm = terms.count
        for (place, key) in draft.key.terms.enumerated() {
            let operands = draft.operands.map { $0[place] }
            var term = RuleLayout.Term(field: key.field, kind: key.kind)
            switch key.kind {
            case .atLeast, .atMost: appendBounds(operands, to: &term)
            case .isOneOf, .startsWith:
                appendConstants(operands.map { $0.numbers(in: fields) }, to: &term)
            case .isBool, .exists, .isMember: break
            }
            terms.append(term)
        }
        let firstNeed = needs.count
        for fields in draft.key.needs {
            needed += fields
            needs.append(needed.count - fields.count..<needed.count)
        }
        rules += draft.rules.map { Int32($0) }
        groups.append(
            RuleLayout.Group(
                rules: rules.count - draft.rules.count..<rules.count,
                terms: firstTerm..<terms.count, needs: firstNeed..<needs.count,
                isOpen: draft.key.isOpen))
    }

    private mutating func appendBounds(
        _ operands: [RuleForm.Operand], to term: inout RuleLayout.Term
    ) {
        let own = operands.map(\.bound)
        term.first = ruleBounds.count
        ruleBounds += own
        let order = own.indices.sorted { (own[$0], $0) < (own[$1], $1) }
        term.sorted = bounds.count..<bounds.count + order.count
        bounds += order.map { own[$0] }
        boundPlaces += order.map { Int32($0) }
    }

    private mutating func appendConstants(_ own: [[Int32]], to term: inout RuleLayout.Term) {
        term.first = constantStarts.count
        var entries: [(constant: Int32, place: Int32)] = []
        for (place, numbers) in own.enumerated() {
            constantStarts.append(Int32(ruleConstants.count))
            ruleConstants += numbers
            entries += numbers.map { ($0, Int32(place)) }
        }
        constantStarts.append(Int32(ruleConstants.count))
        entries.sort { $0 < $1 }
        term.sorted = constants.count..<constants.count + entries.count
        constants += entries.map(\.constant)
        constantPlaces += entries.map(\.place)
    }
}

extension RuleLayout.Order {
    /// - Parameter layout: of the drafts, without an order.
    fileprivate init(_ drafts: [RuleLayout.Draft], _ layout: RuleLayout) {
        appendScopes(drafts)
        sortOut(drafts, layout)
    }

    private mutating func appendScopes(_ drafts: [RuleLayout.Draft]) {
        var entries: [(field: Int, constant: Int, group: Int)] = []
        for (group, draft) in drafts.enumerated() where !draft.key.scope.isEmpty {
            entries.append((draft.key.scope[0], draft.key.scope[1], group))
        }
        entries.sort { $0 < $1 }
        for entry in entries {
            if scopes.last?.field != entry.field {
                let place = scopeConstants.count
                scopes.append(RuleLayout.Scope(field: entry.field, entries: place..<place))
            }
            scopeConstants.append(Int32(entry.constant))
            scopeGroups.append(Int32(entry.group))
            let last = scopes.count - 1
            scopes[last].entries = scopes[last].entries.lowerBound..<scopeConstants.count
        }
    }

    private mutating func sortOut(_ drafts: [RuleLayout.Draft], _ layout: RuleLayout) {
        var lists: [[Int]] = Array(repeating: [], count: layout.fields.fields.count)
        let empty = FieldFindings(layout.fields)
        for (group, draft) in drafts.enumerated() where draft.key.scope.isEmpty {
            unscoped.append(group)
            switch layout.idleness(of: layout.tables.groups[group], empty) {
            case .hasToBeLookedAt:
                always.append(group)
                continue
            case .fails: failing.append(group)
            case .isFalse: break
            }
            for field in draft.key.differing(layout.fields) { lists[field].append(group) }
        }
        for list in lists {
            fieldGroupList += list
            fieldGroups.append(fieldGroupList.count - list.count..<fieldGroupList.count)
        }
    }
}

extension RuleForm.Key {
    /// The fields of the payload whose presence makes a difference.
    fileprivate func differing(_ table: FieldTable) -> Set<Int> {
        var fields = Set(needs.joined())
        for term in terms {
            fields.insert(term.field)
            switch term.kind {
            // An absent member of what is there is no error.
            case .exists, .isMember:
                fields.formUnion([table.parent(of: term.field)].compactMap { $0 })
            case .isOneOf, .startsWith, .atLeast, .atMost, .isBool: break
            }
        }
        return fields
    }
}

extension RuleForm.Operand {
    fileprivate var bound: Double {
        guard case .bound(let bound) = self else { preconditionFailure("an order has its bound") }
        return bound
    }

    /// Of its constants, each once.
    fileprivate func numbers(in table: FieldTable) -> [Int32] {
        switch self {
        case .values(let values):
            return Set(values.compactMap { table.constants.number(of: $0) }).sorted().map {
                Int32($0)
            }
        case .prefix(let text):
            let number = text.utf8.span.withUnsafeBytes { table.prefixes.number(of: $0) }
            return number.map { [Int32($0)] } ?? []
        case .none, .bound: return []
        }
    }
}

extension Route.Kind {
    /// Whether a rule that fails is counted; of proposals, each failure is a part of the verdict.
    fileprivate var countsFailures: Bool {
        switch self {
        case .telemetry: true
        case .guarded, .evaluate: false
        }
    }
}
