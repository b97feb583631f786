extension RuleIndex {
    /// What a term is for all rules of its group, as far as the message tells.
    private enum Standing {
        case isTrue, isFalse, fails
        /// Nothing is known.
        case isOpen
        /// True for so many rules at most: those of a part of the sorted constants, but of texts
        /// at the beginning, which have several parts.
        case depends(count: Int, part: Range<Int>)
    }

    /// A term that is different for the rules of a group.
    struct OpenTerm: Sendable {
        var term: Int
        var count: Int
        var part: Range<Int>
    }

    /// What a term is for one rule.
    private enum Certainty { case no, maybe, yes }

    /// Asks the rules of a group that may be true, and counts or asks those that fail.
    mutating func look(at group: Int, _ reported: [Bool]) {
        groups[group].turn = turn
        open.removeAll(keepingCapacity: true)
        var (fails, isOpen) = (false, groups[group].isOpen)
        for term in groups[group].terms {
            switch standing(of: terms[term]) {
            case .isTrue: break
            case .isFalse: return
            case .fails: fails = true
            case .isOpen: isOpen = true
            case .depends(let count, let part):
                open.append(OpenTerm(term: term, count: count, part: part))
            }
        }
        for need in groups[group].needs {
            if isMissing(needs[need]) { fails = true } else { isOpen = true }
        }
        let counts = countsFailures && fails && !isOpen
        var fewest = 0
        for place in open.indices where open[place].count < open[fewest].count { fewest = place }
        if open.isEmpty {
            if counts { failAll(of: group, reported) } else { askAll(of: group) }
        } else {
            go(through: fewest, of: group, counts ? reported : nil)
        }
    }

    /// What a group is for messages whose payload is an object without any of its fields.
    enum Idleness { case isFalse, fails, hasToBeLookedAt }

    /// - Precondition: No message has been looked at.
    func idleness(of group: Group) -> Idleness {
        var (fails, isOpen) = (!group.needs.isEmpty, group.isOpen)
        for term in terms[group.terms] {
            guard case .member = fields.fields[term.field].source else { return .hasToBeLookedAt }
            switch standing(of: term) {
            case .isTrue: break
            case .isFalse: return .isFalse
            case .fails: fails = true
            case .isOpen, .depends: isOpen = true
            }
        }
        return countsFailures && fails && !isOpen ? .fails : .hasToBeLookedAt
    }

    private func isMissing(_ need: Range<Int>) -> Bool {
        for place in need where fields.findings[needed[place]].kind == .missing { return true }
        return false
    }

    // MARK: All rules of a group

    private mutating func askAll(of group: Int) {
        for place in groups[group].rules { ask(rules[place]) }
    }

    mutating func failAll(of group: Int, _ reported: [Bool]) {
        if groups[group].isReported { return fail(groups[group].rules.count) }
        var isReported = true
        for place in groups[group].rules {
            if reported[Int(rules[place])] {
                fail(1)
            } else {
                ask(rules[place])
                isReported = false
            }
        }
        groups[group].isReported = isReported
    }

    // MARK: One by one

    /// - Parameter reported: Given where a rule fails unless one of the terms is false.
    private mutating func go(through place: Int, of group: Int, _ reported: [Bool]?) {
        let term = terms[open[place].term]
        switch term.kind {
        case .atLeast, .atMost:
            for entry in open[place].part {
                consider(Int(boundPlaces[entry]), group, except: place, reported)
            }
        case .isOneOf:
            for entry in open[place].part {
                consider(Int(constantPlaces[entry]), group, except: place, reported)
            }
        case .startsWith:
            for prefix in fields.findings[term.field].prefixes {
                for entry in part(of: term, equalTo: fields.prefixNumbers[Int(prefix)]) {
                    consider(Int(constantPlaces[entry]), group, except: place, reported)
                }
            }
        case .isBool, .exists, .isMember: break
        }
    }

    private mutating func consider(
        _ rule: Int, _ group: Int, except known: Int, _ reported: [Bool]?
    ) {
        var isCertain = true
        for place in open.indices where place != known || reported != nil {
            switch certainty(of: terms[open[place].term], for: rule) {
            case .no: return
            case .maybe: isCertain = false
            case .yes: break
            }
        }
        let rule = rules[groups[group].rules.lowerBound + rule]
        if let reported, isCertain, reported[Int(rule)] { fail(1) } else { ask(rule) }
    }

    private func certainty(of term: Term, for rule: Int) -> Certainty {
        let finding = fields.findings[term.field]
        switch term.kind {
        case .atLeast:
            let bound = ruleBounds[term.first + rule]
            if finding.number < bound { return .no }
            return bound.isExactBound || finding.number > bound ? .yes : .maybe
        case .atMost:
            let bound = ruleBounds[term.first + rule]
            if finding.number > bound { return .no }
            return bound.isExactBound || finding.number < bound ? .yes : .maybe
        case .isOneOf:
            guard ruleConstants(of: term, rule).contains(finding.constant) else { return .no }
            return fields.isExact(finding.constant) ? .yes : .maybe
        case .startsWith:
            let own = ruleConstants(of: term, rule)
            for prefix in finding.prefixes where own.contains(fields.prefixNumbers[Int(prefix)]) {
                return .yes
            }
            return .no
        case .isBool, .exists, .isMember: return .maybe
        }
    }

    private func ruleConstants(of term: Term, _ rule: Int) -> ArraySlice<Int32> {
        let start = Int(constantStarts[term.first + rule])
        return ruleConstants[start..<Int(constantStarts[term.first + rule + 1])]
    }

    // MARK: Terms

    private func standing(of term: Term) -> Standing {
        let finding = fields.findings[term.field]
        switch (term.kind, finding.kind) {
        case (.atLeast, .number):
            let end = bounds.firstPlace(in: term.sorted) { $0 > finding.number }
            return standing(term.sorted.lowerBound..<end)
        case (.atMost, .number):
            let start = bounds.firstPlace(in: term.sorted) { $0 >= finding.number }
            return standing(start..<term.sorted.upperBound)
        case (.isOneOf, .null), (.isOneOf, .bool), (.isOneOf, .number), (.isOneOf, .text):
            return standing(part(of: term, equalTo: finding.constant))
        // Equal to no constant, and no error.
        case (.isOneOf, .list), (.isOneOf, .map): return .isFalse
        case (.startsWith, .text):
            var count = 0
            for prefix in finding.prefixes {
                count += part(of: term, equalTo: fields.prefixNumbers[Int(prefix)]).count
            }
            return count == 0 ? .isFalse : .depends(count: count, part: 0..<0)
        case (.isBool(let wanted), .bool): return finding.isTrue == wanted ? .isTrue : .isFalse
        case (.atLeast, _), (.atMost, _), (.isOneOf, .missing), (.startsWith, _), (.isBool, _):
            return .fails
        case (.exists(let wanted), _): return presence(of: term.field, wanted) ?? .fails
        case (.isMember(let wanted), _):
            if fields.isInList(term.field) { return .isOpen }
            return presence(of: term.field, wanted) ?? .fails
        }
    }

    private func standing(_ part: Range<Int>) -> Standing {
        part.isEmpty ? .isFalse : .depends(count: part.count, part: part)
    }

    /// nil where that which should have the field is no map.
    private func presence(of field: Int, _ wanted: Bool) -> Standing? {
        if fields.findings[field].kind != .missing { return wanted ? .isTrue : .isFalse }
        return fields.isAbsent(field) ? (wanted ? .isFalse : .isTrue) : nil
    }

    private func part(of term: Term, equalTo constant: Int32) -> Range<Int> {
        let start = constants.firstPlace(in: term.sorted) { $0 >= constant }
        var end = start
        if start < term.sorted.upperBound, constants[start] == constant {
            end = constants.firstPlace(in: start..<term.sorted.upperBound) { $0 > constant }
        }
        return start..<end
    }
}
