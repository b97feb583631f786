import ArgumentParser
import CEL
import Core
import Mind

/// `jameyctl cel eval`
struct CELEvalCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Evaluates an expression as a rule would, and shows its value, type and cost.",
        discussion: """
            All names of rules are known; payload, topic and now have a value here. The cost is \
            in steps of fuel, beside the most that was estimated. Write -- before an expression \
            that begins with a dash. Exit codes: 0 there is a value, 1 the evaluation has none, \
            65 the expression or the payload is malformed, 66 no such file.
            """)

    @Argument(help: "An expression of CEL, such as 'payload.temp > 80.0'.")
    var expression: String

    @Option(help: "A JSON file that becomes payload; - reads standard input.", completion: .file())
    var payload: String?

    @Option(help: "The message's topic.")
    var topic: String?

    @Flag(help: "Tell the value of every part as well.")
    var trace = false

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
        var activation = DictionaryActivation(values)
        let found = run(compiled, &activation)
        switch found.value {
        case .success(let value): try tell(value, of: compiled, found)
        case .failure(let error): try refuse(error, found)
        }
    }

    /// What an evaluation came to.
    private struct Run {
        var value: Result<Value, EvaluationError>
        var cost: Int
        /// nil where none is wanted.
        var listing: TraceListing?
    }

    private func run(
        _ compiled: CEL.Expression, _ activation: inout DictionaryActivation
    ) -> Run {
        guard trace else {
            let evaluated = compiled.evaluated(&activation)
            return Run(value: evaluated.value, cost: evaluated.cost)
        }
        let trace = compiled.trace(&activation)
        return Run(
            value: trace.result, cost: trace.cost, listing: TraceListing(steps: trace.steps))
    }

    private func compile() throws(Ending) -> CEL.Expression {
        do throws(ParseError) {
            return try CEL.Expression(expression, environment: RuleEnvironment.environment())
        } catch {
            let errors = error.issues.map { issue in
                SourceError(
                    file: Self.file, position: FilePosition(issue.position),
                    message: issue.message, hint: issue.hint, sourceLine: issue.line)
            }
            throw try Complaints(errors: errors).ending(isJSON: json)
        }
    }

    // MARK: Telling

    /// What the expression is called in errors.
    private static let file = "expression"

    private func tell(
        _ value: Value, of compiled: CEL.Expression, _ run: Run
    ) throws(Ending) {
        var output = LineOutput()
        if json {
            try output.line(
                JSONWriter.object {
                    // A type has no JSON; its text stands for it.
                    $0.member("value", value.json ?? .string(value.literal))
                    $0.member("type", value.kind.typeName)
                    $0.member("cost", run.cost)
                    $0.member("estimate", compiled.estimate.steps)
                    run.listing?.write(to: &$0)
                })
        } else {
            for line in run.listing?.lines ?? [] { try output.line(line) }
            if run.listing != nil { try output.line("") }
            try output.line("\(value.literal) : \(value.kind.typeName)")
            try output.line("cost \(run.cost), estimated \(compiled.estimate.steps)")
        }
        try output.flush()
    }

    /// Tells why there is no value, behind what was found on the way.
    private func refuse(_ error: EvaluationError, _ run: Run) throws(Ending) {
        if !json, let listing = run.listing {
            var output = LineOutput()
            for line in listing.lines { try output.line(line) }
            try output.flush()
        }
        let position = error.position
        let found = SourceError(
            file: Self.file, position: FilePosition(position), message: error.message,
            hint: hint(error.reason), sourceLine: PayloadFile.line(position.line, of: expression))
        let complaints = Complaints(errors: [found], code: Exit.noValue) {
            $0.member("cost", run.cost)
            run.listing?.write(to: &$0)
        }
        throw try complaints.ending(isJSON: json)
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
}

extension FilePosition {
    fileprivate init(_ position: SourcePosition) {
        self.init(line: position.line, column: position.column)
    }
}
