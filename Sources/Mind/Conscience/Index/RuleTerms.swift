import CEL
import Core

/// What is known of a rule's condition without evaluating it: what the index looks at.
///
/// Variables of the rule stand for what they are: `variables.hot` for `payload.temp > 80.0`.
struct RuleTerms {
    struct Test {
        let test: FieldTest
        /// The term of `when`, as written.
        let term: CEL.Expression
    }

    /// A false one of these makes the condition false.
    private(set) var tests: [Test] = []
    /// Of each other term, the fields without which it is an error; none where none is known.
    private(set) var others: [[FieldPath]] = []

    private var count: Int { tests.count + others.count }

    init(_ rule: Rule) {
        var variables: [Variable] = []
        for variable in rule.variables {
            variables.append(Variable(variable.expression, variables))
        }
        self.init(rule.when, variables)
        for test in tests.dropFirst(Limits.indexedTermsMax) { others.append([test.test.need]) }
        tests = Array(tests.prefix(Limits.indexedTermsMax))
    }

    /// What a variable of the rule is.
    private struct Variable {
        let path: FieldPath?
        let terms: RuleTerms
        let needs: [FieldPath]
        let isBounded: Bool

        init(_ expression: CEL.Expression, _ before: [Variable]) {
            path = expression.fieldPath.flatMap { RuleTerms.field($0, before) }
            terms = RuleTerms(expression, before)
            needs = RuleTerms.fields(expression.needs, before)
            isBounded = expression.isBounded { RuleTerms.isBounded($0, before) }
        }
    }

    private init(_ expression: CEL.Expression, _ variables: [Variable]) {
        for conjunct in expression.conjuncts(isBounded: { Self.isBounded($0, variables) }) {
            let term = expression.term(conjunct)
            guard conjunct.decides, let test = conjunct.test else {
                others.append(Self.fields(conjunct.needs, variables))
                continue
            }
            if let known = Self.terms(of: test, term, variables) {
                tests += known.tests
                others += known.others
            } else {
                others.append(Self.fields(conjunct.needs, variables))
            }
        }
    }

    private init(_ test: FieldTest, _ term: CEL.Expression) {
        tests = [Test(test: test, term: term)]
    }

    /// A test of a variable by what that is; nil where nothing is known of it.
    private static func terms(
        of test: FieldTest, _ term: CEL.Expression, _ variables: [Variable]
    ) -> RuleTerms? {
        if let path = field(test.path, variables) {
            return RuleTerms(FieldTest(path: path, kind: test.kind), term)
        }
        guard let variable = variable(test.path.slot, variables), test.path.names.isEmpty,
            case .isBool(let isTrue) = test.kind
        else { return nil }
        // What builds on each other could be without end.
        guard variable.terms.count <= Limits.indexedTermsMax else { return nil }
        if isTrue {
            var terms = variable.terms
            terms.tests = terms.tests.map { Test(test: $0.test, term: term) }
            return terms
        }
        guard variable.terms.tests.count == 1, variable.terms.others.isEmpty else { return nil }
        return variable.terms.tests[0].test.negated.map { RuleTerms($0, term) }
    }

    private static func variable(_ slot: Int, _ variables: [Variable]) -> Variable? {
        let place = slot - RuleEnvironment.Name.count
        return variables.indices.contains(place) ? variables[place] : nil
    }

    /// A path that begins with a name of all rules; nil for what a variable makes.
    private static func field(_ path: FieldPath, _ variables: [Variable]) -> FieldPath? {
        if RuleEnvironment.Name(slot: path.slot) != nil { return path }
        return variable(path.slot, variables)?.path?.appending(path.names)
    }

    private static func fields(_ paths: [FieldPath], _ variables: [Variable]) -> [FieldPath] {
        var fields: [FieldPath] = []
        for path in paths {
            if let path = field(path, variables) {
                fields.append(path)
            } else if let variable = variable(path.slot, variables) {
                fields += variable.needs
            }
        }
        return Array(fields.prefix(Limits.indexedFieldsMax))
    }

    private static func isBounded(_ slot: Int, _ variables: [Variable]) -> Bool {
        RuleEnvironment.Name(slot: slot) != nil || variable(slot, variables)?.isBounded ?? false
    }
}
