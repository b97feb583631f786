import Core

/// A compiled expression of the Common Expression Language (https://cel.dev).
///
/// Immutable; parsed and checked once, evaluated as often as wanted, from any thread. This is the
/// plain evaluator over the tree, against which faster ones are measured.
public struct Expression: Sendable {
    /// As it was given.
    public let source: String
    /// Slots of the environment's variables that are read anywhere in the expression, ascending.
    public let slots: [Int]
    /// Places that call functions of the host; `HostCall.site` is below it.
    public let hostCallCount: Int
    /// What it gives, as far as that is known.
    public let type: ValueType
    /// The most that an evaluation costs in steps of fuel, and how large its value can be; what is
    /// not known is counted as `Limits` says.
    public let estimate: CostEstimate
    let root: Node
    let localCount: Int
    /// The same as code; nil until it is asked for with `compiled`.
    public internal(set) var program: Program?

    /// Parses and checks.
    ///
    /// - Throws: What is wrong with the text, by line and column; nothing of it can be evaluated.
    public init(
        _ source: String, environment: Environment = Environment()
    ) throws(ParseError) {
        let bytes = Array(source.utf8)
        let syntax: Syntax
        do {
            var parser = try Parser(bytes)
            syntax = try parser.parse()
        } catch {
            throw ParseError(error.issue(in: bytes))
        }
        var resolver = Resolver(environment: environment)
        let root = resolver.resolve(syntax)
        var faults = resolver.faults
        var type = ValueType.dyn
        if environment.isChecked {
            var checker = TypeChecker(environment: environment, localCount: resolver.localCount)
            type = checker.type(of: root)
            faults += checker.faults
        }
        let estimate = CostEstimate(
            of: root, environment: environment, localCount: resolver.localCount)
        if faults.isEmpty, let fault = estimate.fault(above: environment.costMax) {
            faults.append(fault)
        }
        let issues = faults.sorted { $0.offset < $1.offset }
            .prefix(Limits.expressionFaultsMax).map { $0.issue(in: bytes) }
        if let first = issues.first { throw ParseError(first, Array(issues.dropFirst())) }
        self.source = source
        self.type = type
        self.estimate = estimate
        self.root = root
        slots = resolver.slots.sorted()
        hostCallCount = resolver.hostCallCount
        localCount = resolver.localCount
    }

    /// Evaluates against an activation that is not changed by it.
    public func evaluate(_ activation: some Activation) throws(EvaluationError) -> Value {
        var activation = activation
        return try evaluate(&activation)
    }

    /// Evaluates against an activation that may keep what it computed.
    ///
    /// - Throws: Why there is no value; the activation may have been asked for some variables.
    public func evaluate(
        _ activation: inout some Activation, fuel: Int = Limits.evaluationFuelMax
    ) throws(EvaluationError) -> Value {
        var evaluation = Evaluation(localCount: localCount, fuel: fuel)
        do {
            return try evaluation.evaluate(root, &activation)
        } catch {
            throw located(error)
        }
    }

    /// Fills in line and column, which evaluation leaves out because many errors are absorbed.
    func located(_ error: EvaluationError) -> EvaluationError {
        var error = error
        error.position = SourcePosition(offset: Int(error.offset), in: source.utf8)
        return error
    }
}
