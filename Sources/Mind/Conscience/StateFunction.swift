import CEL
import Core

/// The functions that remember: their state belongs to (rule, entity, call), that of baselines to
/// (route, entity).
enum StateFunction: Equatable, Sendable {
    case window(WindowPlan.Function)
    case changed
    case baseline(BaselineFunction)

    private static let all =
        WindowPlan.Function.allCases.map(Self.window) + [.changed]
        + BaselineFunction.allCases.map(Self.baseline)
    /// Above every number of `all`.
    private static let stride = 16

    /// As the environment of one expression of a rule knows them.
    static func functions(of expression: Int) -> [Function] {
        all.enumerated().map { number, function in
            Function(
                function.name, argumentCount: function.signature.parameters.count,
                signatures: [function.signature], body: .host(expression * stride + number),
                check: { function.fault(in: $0) })
        }
    }

    /// Which expression of the rule a call is in.
    static func expression(of call: HostCall) -> Int { call.function / stride }

    init?(_ call: HostCall) {
        let number = call.function % Self.stride
        guard Self.all.indices.contains(number) else { return nil }
        self = Self.all[number]
    }

    var name: String {
        switch self {
        case .window(let function): function.name
        case .changed: "changed"
        case .baseline(let function): function.name
        }
    }

    private var signature: Signature {
        switch self {
        case .window(.quantile): Signature(.number, .number, .string, gives: .double)
        case .window(.count): Signature(.number, .string, gives: .int)
        case .window(.avg), .window(.min), .window(.max), .window(.sum), .window(.rate),
            .window(.stddev):
            Signature(.number, .string, gives: .double)
        case .changed: Signature(.dyn, gives: .bool)
        case .baseline(let function): function.signature
        }
    }

    /// What a rule keeps for a call whose arguments have been checked; nil where they have not, and
    /// for what no rule keeps by itself.
    func kind(_ constants: [Value?]) -> Rule.Site.Kind? {
        switch self {
        case .changed: return .changed
        case .baseline: return nil
        case .window(let function):
            guard case .string(let text)?? = constants.last, let span = try? Duration(text: text)
            else { return nil }
            var plan = WindowPlan(function: function, span: span)
            if function == .quantile { plan.share = constants[1]?.asDouble ?? 0 }
            return .window(plan)
        }
    }

    /// What is wrong with the literals among the arguments; nil stands for what is no literal.
    private func fault(in constants: [Value?]) -> String? {
        if self == .baseline(.quantile) { return faultInShare(constants[1]) }
        guard case .window(let function) = self else { return nil }
        if let sample = constants[0], sample.asDouble == nil {
            return "'\(name)' takes a number, not \(sample.kind.typeName)"
        }
        if function == .quantile, let fault = faultInShare(constants[1]) { return fault }
        guard case .string(let text)?? = constants.last else {
            return "the window of '\(name)' is a text that is written out: \"5m\""
        }
        return Self.fault(inSpan: text)
    }

    private func faultInShare(_ constant: Value?) -> String? {
        if let share = constant?.asDouble, (0...1).contains(share) { return nil }
        return "'\(name)' takes a number from 0.0 to 1.0 as its second argument, written out: 0.99"
    }

    private static func fault(inSpan text: String) -> String? {
        do throws(QuantityError) {
            let span = try Duration(text: text)
            let range = Limits.windowSpanMin...Limits.windowSpanMax
            if range.contains(span) { return nil }
            return "a window is from \(range.lowerBound.text) to \(range.upperBound.text) long, "
                + "not \(text)"
        } catch {
            return "the window's length: \(error) (for example: 30s, 5m or 7d)"
        }
    }
}
