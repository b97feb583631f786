extension RuleLayout {
    /// What a term is for all rules of its group, as far as the message tells.
    enum Standing {
        case isTrue, isFalse, fails
        /// Nothing is known.
        case isOpen
        /// True for so many rules at most: those of a part of the sorted constants, but of texts
        /// at the beginning, which have several parts.
        case depends(count: Int, part: Range<Int>)
    }

    func standing(of term: Term, _ message: FieldFindings) -> Standing {
        let finding = message.finding(term.field)
        switch (term.kind, finding.kind) {
        // Most numbers are beyond all bounds.
        case (.atLeast, .number) where finding.number < tables.bounds[term.sorted.lowerBound],
            (.atMost, .number) where finding.number > tables.bounds[term.sorted.upperBound - 1]:
            return .isFalse
        case (.atLeast, .number):
            let end = tables.bounds.firstPlace(in: term.sorted) { $0 > finding.number }
            return Self.standing(term.sorted.lowerBound..<end)
        case (.atMost, .number):
            let start = tables.bounds.firstPlace(in: term.sorted) { $0 >= finding.number }
            return Self.standing(start..<term.sorted.upperBound)
        case (.isOneOf, .null), (.isOneOf, .bool), (.isOneOf, .number), (.isOneOf, .text):
            return Self.standing(part(of: term, equalTo: finding.constant))
        // Equal to no constant, and no error.
        case (.isOneOf, .list), (.isOneOf, .map): return .isFalse
        case (.startsWith, .text):
            var count = 0
            for prefix in finding.prefixes {
                count += part(of: term, equalTo: message.prefixNumbers[Int(prefix)]).count
            }
            return count == 0 ? .isFalse : .depends(count: count, part: 0..<0)
        case (.isBool(let wanted), .bool): return finding.isTrue == wanted ? .isTrue : .isFalse
        case (.atLeast, _), (.atMost, _), (.isOneOf, .missing), (.startsWith, _), (.isBool, _):
            return .fails
        case (.exists(let wanted), _): return presence(of: term.field, wanted, message)
        case (.isMember(let wanted), _):
            // A list is looked through for the name.
            if let parent = tables.fields.parent(of: term.field),
                message.finding(parent).kind == .list
            {
                return .isOpen
            }
            return presence(of: term.field, wanted, message)
        }
    }

    private static func standing(_ part: Range<Int>) -> Standing {
        part.isEmpty ? .isFalse : .depends(count: part.count, part: part)
    }

    /// It fails where that which should have the field is no map.
    private func presence(
        of field: Int, _ wanted: Bool, _ message: FieldFindings
    ) -> Standing {
        if message.finding(field).kind != .missing { return wanted ? .isTrue : .isFalse }
        guard let parent = tables.fields.parent(of: field), message.finding(parent).kind == .map
        else {
            return .fails
        }
        return wanted ? .isFalse : .isTrue
    }

    func part(of term: Term, equalTo constant: Int32) -> Range<Int> {
        let start = tables.constants.firstPlace(in: term.sorted) { $0 >= constant }
        guard start < term.sorted.upperBound, tables.constants[start] == constant else {
            return start..<start
        }
        let rest = start..<term.sorted.upperBound
        return start..<tables.constants.firstPlace(in: rest) { $0 > constant }
    }

    /// Whether a term is an error of which no more is known than what it needs.
    func isMissing(_ need: Int, _ message: FieldFindings) -> Bool {
        for place in tables.needs[need] where message.finding(tables.needed[place]).kind == .missing
        {
            return true
        }
        return false
    }

    // MARK: One rule

    /// What a term is for one rule.
    enum Certainty { case no, maybe, yes }

    /// - Parameter rule: its place in the group. The term depends on it.
    func certainty(
        of term: Term, for rule: Int, _ message: FieldFindings
    ) -> Certainty {
        let finding = message.finding(term.field)
        switch term.kind {
        case .atLeast:
            let bound = tables.ruleBounds[term.first + rule]
            if finding.number < bound { return .no }
            return bound.isExactBound || finding.number > bound ? .yes : .maybe
        case .atMost:
            let bound = tables.ruleBounds[term.first + rule]
            if finding.number > bound { return .no }
            return bound.isExactBound || finding.number < bound ? .yes : .maybe
        case .isOneOf:
            guard isConstant(finding.constant, of: rule, term) else { return .no }
            return tables.fields.constants.isExact(Int(finding.constant)) ? .yes : .maybe
        case .startsWith:
            for prefix in finding.prefixes
            where isConstant(message.prefixNumbers[Int(prefix)], of: rule, term) {
                return .yes
            }
            return .no
        case .isBool, .exists, .isMember: return .maybe
        }
    }

    private func isConstant(_ constant: Int32, of rule: Int, _ term: Term) -> Bool {
        let start = Int(tables.constantStarts[term.first + rule])
        for place in start..<Int(tables.constantStarts[term.first + rule + 1])
        where tables.ruleConstants[place] == constant {
            return true
        }
        return false
    }

    // MARK: Without any field

    /// What a group is for messages whose payload is an object without any of its fields.
    enum Idleness { case isFalse, fails, hasToBeLookedAt }

    /// - Parameter empty: the findings of such a message.
    func idleness(of group: Group, _ empty: FieldFindings) -> Idleness {
        var (fails, isOpen) = (!group.needs.isEmpty, group.isOpen)
        for term in tables.terms[group.terms] {
            guard tables.fields.parent(of: term.field) != nil else { return .hasToBeLookedAt }
            switch standing(of: term, empty) {
            case .isTrue: break
            case .isFalse: return .isFalse
            case .fails: fails = true
            case .isOpen, .depends: isOpen = true
            }
        }
        return tables.countsFailures && fails && !isOpen ? .fails : .hasToBeLookedAt
    }
}
