extension RuleIndex {
    /// Asks the rules of a group that may be true, and counts or asks those that fail.
    mutating func look(
        at group: Int, _ layout: RuleLayout, _ message: FieldFindings,
        _ reported: [Bool]
    ) {
        if !open.isEmpty { open.removeAll(keepingCapacity: true) }
        let own = layout.tables.groups[group]
        var (fails, isOpen) = (false, own.isOpen)
        for place in own.terms {
            let term = layout.tables.terms[place]
            switch layout.standing(of: term, message) {
            case .isTrue: break
            case .isFalse: return
            case .fails: fails = true
            case .isOpen: isOpen = true
            case .depends(let count, let part):
                open.append(OpenTerm(term: term, count: count, part: part))
            }
        }
        for need in own.needs {
            if layout.isMissing(need, message) { fails = true } else { isOpen = true }
        }
        let counts = layout.tables.countsFailures && fails && !isOpen
        if open.isEmpty {
            if counts {
                failAll(of: group, layout, reported)
            } else {
                for place in own.rules { ask(layout.tables.rules[place]) }
            }
        } else {
            goThrough(group, layout, message, counts ? reported : nil)
        }
    }

    /// The rules of a group fail, all of them.
    mutating func failAll(
        of group: Int, _ layout: RuleLayout, _ reported: [Bool]
    ) {
        let own = layout.tables.groups[group].rules
        if states[group].isReported { return fail(own.count) }
        var isReported = true
        for place in own {
            let rule = layout.tables.rules[place]
            if reported[Int(rule)] {
                fail(1)
            } else {
                ask(rule)
                isReported = false
            }
        }
        states[group].isReported = isReported
    }

    /// Looks at the rules of a group for which the most selective term may be true.
    ///
    /// - Parameter reported: Given where a rule fails unless one of the terms is false.
    private mutating func goThrough(
        _ group: Int, _ layout: RuleLayout, _ message: FieldFindings,
        _ reported: [Bool]?
    ) {
        var fewest = 0
        for place in open.indices where open[place].count < open[fewest].count { fewest = place }
        let (term, part) = (open[fewest].term, open[fewest].part)
        // Where the rule may only be true, what it was found by need not be looked at again.
        if reported == nil { open.remove(at: fewest) }
        let first = layout.tables.groups[group].rules.lowerBound
        switch term.kind {
        case .atLeast, .atMost:
            for entry in part {
                consider(Int(layout.tables.boundPlaces[entry]), first, layout, message, reported)
            }
        case .isOneOf:
            for entry in part {
                consider(
                    Int(layout.tables.constantPlaces[entry]), first, layout, message, reported)
            }
        case .startsWith:
            for prefix in message.finding(term.field).prefixes {
                for entry in layout.part(
                    of: term, equalTo: message.prefixNumbers[Int(prefix)])
                {
                    consider(
                        Int(layout.tables.constantPlaces[entry]), first, layout, message, reported)
                }
            }
        case .isBool, .exists, .isMember: break
        }
    }

    /// - Parameters:
    ///   - rule: its place in the group.
    ///   - first: the place of the group's first rule.
    private mutating func consider(
        _ rule: Int, _ first: Int, _ layout: RuleLayout,
        _ message: FieldFindings, _ reported: [Bool]?
    ) {
        var isCertain = true
        for place in open.indices {
            switch layout.certainty(of: open[place].term, for: rule, message) {
            case .no: return
            case .maybe: isCertain = false
            case .yes: break
            }
        }
        let rule = layout.tables.rules[first + rule]
        if let reported, isCertain, reported[Int(rule)] { fail(1) } else { ask(rule) }
    }
}
