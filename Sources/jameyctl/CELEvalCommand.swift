import ArgumentParser
import CEL
import Core
import Mind

/// `jameyctl cel eval`
struct CELEvalCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Evaluates an expression as a rule would, and shows its value and type.",
        discussion: """
            All names of rules are known; payload, topic and now have a value here. Write -- \
            before an expression that begins with a dash. Exit codes: 0 there is a value, 1 the \
            evaluation has none, 65 the expression or the payload is malformed, 66 no such file.
            """)

    @Argument(help: "An expression of CEL, such as 'payload.temp > 80.0'.")
    var expression: String

    @Option(help: "A JSON file that becomes payload; - reads standard input.", completion: .file())
    var payload: String?

    @Option(help: "The message's topic.")
    var topic: String?

    @Flag(help: "Tell the result as JSON.")
    var json = false

    func perform() throws(Ending) {
        let compiled = try compile()
        var values: [String: Value] = [:]
        values["now"] = Instant(SystemTime().now()).map(Value.timestamp)
        values["topic"] = topic.map(Value.string)
        if let payload {
            values["payload"] = Value(try PayloadFile(path: payload).document(isJSON: json))
        }
        let value: Value
        do throws(EvaluationError) {
            value = try compiled.evaluate(DictionaryActivation(values))
        } catch {
            let found = complaint(error.message, hint: hint(error.reason), at: error.position)
            throw try Complaints(errors: [found], code: Exit.noValue).ending(isJSON: json)
        }
        var output = LineOutput()
        if json {
            try output.line(Self.json(value))
        } else {
            try output.line("\(value.literal) : \(value.kind.typeName)")
        }
        try output.flush()
    }

    private func compile() throws(Ending) -> CEL.Expression {
        do throws(ParseError) {
            return try CEL.Expression(expression, environment: RuleEnvironment.environment())
        } catch {
            let errors = error.issues.map { complaint($0.message, hint: $0.hint, at: $0.position) }
            throw try Complaints(errors: errors).ending(isJSON: json)
        }
    }

    // MARK: Telling

    private func complaint(
        _ message: String, hint: String?, at position: SourcePosition
    ) -> SourceError {
        SourceError(
            file: "expression",
            position: FilePosition(line: position.line, column: position.column),
            message: message, hint: hint,
            sourceLine: PayloadFile.line(position.line, of: expression))
    }

    private func hint(_ reason: EvaluationError.Reason) -> String? {
        switch reason {
        case .noValue("payload"): "give it one with --payload FILE"
        case .noValue("topic"): "give it one with --topic"
        case .noValue: "only payload, topic and now have a value on the command line"
        // Names are checked before: it is a call that the command line does not answer.
        case .unknown: "what remembers has a value in rules only; try it with jameyctl rules test"
        case .noOverload, .noKey, .noElement, .divisionByZero, .overflow, .outOfRange,
            .invalidArgument, .noOptionalValue, .outOfFuel, .tooLarge:
            nil
        }
    }

    private static func json(_ value: Value) -> [UInt8] {
        JSONWriter.object {
            // A type has no JSON; its text stands for it.
            $0.member("value", value.json ?? .string(value.literal))
            $0.member("type", value.kind.typeName)
        }
    }
}
