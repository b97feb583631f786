import CEL
import Core

extension Scene {
    /// A rule that this scene has begun with, term by term.
    func explain(_ rule: Rule, isAsked: Bool, _ route: Route) -> Explanation.Rule {
        var left = Limits.explainedTermsMax
        return Explanation.Rule(
            name: rule.name, file: rule.file, line: rule.line, mode: rule.mode.rawValue,
            isAsked: isAsked, access: access(to: rule, isAsked: isAsked, on: route),
            terms: rule.when.terms.map { term, observed in
                var explained = explain(term, rule.variables, &left)
                explained.observed = observed?.source
                explained.value = observed.map { shown($0) }
                return explained
            },
            result: shown(rule.when), timing: rule.timing.texts, stance: rule.stance?.rawValue,
            weight: rule.weight)
    }

    /// A term, and what it is made of.
    ///
    /// - Parameter left: how many more are looked at.
    private func explain(
        _ term: CEL.Expression, _ variables: [Rule.Variable], _ left: inout Int,
        isNegated: Bool = false
    ) -> Explanation.Term {
        left -= 1
        var explained = Explanation.Term(
            text: term.source, result: shown(term), wanted: !isNegated)
        guard left > 0 else { return explained }
        switch term.form {
        case .comparison(let one, let relation, let other):
            explained.comparison = Explanation.Comparison(
                relation: isNegated ? Self.inverse(of: relation) : relation,
                left: one.source, leftValue: shown(one), right: other.source,
                rightValue: shown(other), isLeftConstant: one.isConstant,
                isRightConstant: other.isConstant)
        case .negation(let operand):
            let inner = explain(operand, variables, &left, isNegated: !isNegated)
            explained.comparison = inner.comparison
            explained.parts = inner.parts
            explained.isAnyOf = inner.isAnyOf
        case .all(let terms), .any(let terms):
            for term in terms {
                explained.parts.append(explain(term, variables, &left, isNegated: isNegated))
            }
            // Of what must not hold all together, one that does not is enough.
            explained.isAnyOf = isNegated
            if case .any = term.form { explained.isAnyOf = !isNegated }
        case .variable(let slot):
            let place = slot - RuleEnvironment.Name.count
            guard variables.indices.contains(place) else { break }
            let made = variables[place].expression
            explained.isAnyOf = isNegated
            for (part, _) in made.terms {
                explained.parts.append(explain(part, variables, &left, isNegated: isNegated))
            }
        case .other: break
        }
        return explained
    }

    private static func inverse(of relation: String) -> String {
        switch relation {
        case "==": "!="
        case "!=": "=="
        case "<": ">="
        case "<=": ">"
        case ">": "<="
        case _: "<"
        }
    }

    /// By which terms the index knows whether to ask a rule.
    fileprivate func access(to rule: Rule, isAsked: Bool, on route: Route) -> [String]? {
        var fields = FieldTableBuilder(route)
        var terms: [CEL.Expression] = []
        for test in RuleTerms(rule).tests {
            let isLooked = RuleLayout.field(of: test.test, in: &fields) != nil
            if isLooked, terms.last?.source != test.term.source { terms.append(test.term) }
        }
        if !isAsked, let failing = terms.first(where: { truth(of: $0) == .no }) {
            return [failing.source]
        }
        return terms.isEmpty ? nil : terms.map(\.source)
    }

    /// What an expression gives, to be read by people.
    fileprivate func shown(_ expression: CEL.Expression) -> String {
        do throws(EvaluationError) {
            let value = try expression.evaluate(self)
            guard let json = value.json else { return value.kind.typeName }
            return String(decoding: json.encoded(), as: UTF8.self)
                .bounded(to: Limits.ruleMessageBytesMax)
        } catch {
            return "error: \(error.boundedMessage)"
        }
    }
}

extension Rule.Timing {
    fileprivate var texts: [String] {
        var texts: [String] = []
        if hold > .zero { texts.append("for \(hold.text)") }
        if keepFiring > .zero { texts.append("keep_firing_for \(keepFiring.text)") }
        if let absent { texts.append("absent \(absent.text)") }
        if cooldown > .zero { texts.append("cooldown \(cooldown.text)") }
        return texts
    }
}
