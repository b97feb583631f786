import CEL
import Core

/// Compiles the expressions of one rule, and tells their errors at their places in the file.
struct ExpressionReader {
    /// The rule's variables so far: an expression sees those before it.
    private var variables: [RuleEnvironment.Variable] = []
    private var environment = Self.empty
    /// Where its expressions call functions that remember.
    let sites = RuleSites()
    /// Where they ask for what the topic captures.
    let captures = RuleCaptures()

    /// Most rules have no variables and share it.
    private static let empty = RuleEnvironment.environment()

    /// Makes a variable known to the expressions that follow; false where the name is taken.
    ///
    /// - Parameter expression: Of its value; nil where that is at fault.
    mutating func declare(_ name: String, as expression: CEL.Expression?) -> Bool {
        if variables.contains(where: { $0.name == name }) { return false }
        variables.append(.init(name: name, expression: expression))
        environment = RuleEnvironment.environment(variables: variables, expression: 0)
        return true
    }

    /// Compiles an expression; nil after its errors were recorded.
    func expression(
        _ value: YAMLValue, giving expected: ExpectedValue
    ) -> CEL.Expression? {
        guard let text = value.text() else { return nil }
        do throws(ParseError) {
            let first = try CEL.Expression(text, environment: environment)
            noteCaptures(of: first, in: value)
            if let (message, hint) = expected.fault(of: first) {
                let source = ScalarSource(value.node, in: value.log)
                value.log.report(
                    "\(value.name) \(message)", hint: hint, at: source.position(ofScalar: 0))
                return nil
            }
            guard first.hostCallCount > 0 else { return first }
            return try remembering(first, in: value)
        } catch {
            report(error, of: text, in: value)
            return nil
        }
    }

    private func noteCaptures(of expression: CEL.Expression, in value: YAMLValue) {
        let uses = expression.fields(ofSlot: RuleEnvironment.Name.params.rawValue)
        guard !uses.isEmpty else { return }
        let source = ScalarSource(value.node, in: value.log)
        let scalars = Array(expression.source.unicodeScalars)
        for use in uses {
            let offset = Self.offset(of: use.position, in: scalars)
            captures.add(
                use.name,
                at: .init(log: value.log, position: source.position(ofScalar: offset)))
        }
    }

    /// The same expression once more, its calls marked as those of this one of the rule's.
    private func remembering(
        _ first: CEL.Expression, in value: YAMLValue
    ) throws(ParseError) -> CEL.Expression {
        let number = sites.nextExpression()
        let own = RuleEnvironment.environment(variables: variables, expression: number)
        let expression = try CEL.Expression(first.source, environment: own)
        let source = ScalarSource(value.node, in: value.log)
        let scalars = Array(expression.source.unicodeScalars)
        for site in expression.hostCalls {
            let offset = Self.offset(of: site.position, in: scalars)
            sites.add(
                site, of: number, named: value.name,
                at: .init(log: value.log, position: source.position(ofScalar: offset)))
        }
        return expression
    }

    /// The text itself, as an expression that gives it.
    func constant(_ value: YAMLValue) -> CEL.Expression? {
        guard let text = value.text() else { return nil }
        do throws(ParseError) {
            return try CEL.Expression(Self.literal(text), environment: environment)
        } catch {
            value.report("\(value.name): \(error.first.message)")
            return nil
        }
    }

    /// A CEL string literal (language definition, "String and Bytes Values").
    private static func literal(_ text: String) -> String {
        var literal = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": literal += "\\\""
            case "\\": literal += "\\\\"
            case "\n": literal += "\\n"
            case "\r": literal += "\\r"
            case _: literal.unicodeScalars.append(scalar)
            }
        }
        return literal + "\""
    }

    // MARK: Errors

    private func report(_ error: ParseError, of text: String, in value: YAMLValue) {
        let source = ScalarSource(value.node, in: value.log)
        let scalars = Array(text.unicodeScalars)
        for issue in error.issues {
            let offset = Self.offset(of: issue.position, in: scalars)
            let (message, hint) = wording(of: issue, at: offset, in: scalars)
            value.log.report(
                "\(value.name): \(message)", hint: hint, at: source.position(ofScalar: offset))
        }
    }

    /// What to say about an issue, in the words of rules.
    private func wording(
        of issue: ParseError.Issue, at offset: Int, in text: [Unicode.Scalar]
    ) -> (message: String, hint: String?) {
        let path = Self.path(at: offset, in: text)
        switch (issue.kind, path.first) {
        case (.unknownName, "variables"?):
            guard path.count > 1 else {
                return ("'variables' is not a value by itself", "write variables.name")
            }
            let near = nearestName(to: path[1], among: variables.map(\.name))
            let hint = near.map { "did you mean '\($0)'?" }
            return ("no variable '\(path[1])' is declared before this expression", hint)
        case _:
            return (issue.message, issue.hint)
        }
    }

    /// `over`, `avg` where `over.avg(` begins.
    private static func path(at offset: Int, in text: [Unicode.Scalar]) -> [String] {
        let tail = text.dropFirst(max(offset, 0)).prefix { isWord($0) || $0 == "." }
        return tail.split(separator: ".").map { String(String.UnicodeScalarView($0)) }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
    }

    /// Scalars of the text before a place in it.
    private static func offset(
        of position: CEL.SourcePosition, in text: [Unicode.Scalar]
    ) -> Int {
        var line = 1
        var start = 0
        for (index, scalar) in text.enumerated() where line < position.line && scalar == "\n" {
            line += 1
            start = index + 1
        }
        return start + position.column - 1
    }
}
