import CEL
import Core

/// The functions that look at what was learned: their state belongs to (route, entity), so that all
/// rules of a route share it.
enum BaselineFunction: String, CaseIterable, Sendable {
    case zscore, quantile, joint, departed

    /// As expressions write it.
    var name: String { "baseline.\(rawValue)" }

    var signature: Signature {
        switch self {
        case .zscore: Signature(.number, gives: .double)
        case .quantile: Signature(.number, .number, gives: .double)
        case .joint: Signature(gives: .double)
        case .departed: Signature(gives: .list(.string))
        }
    }

    /// Whether its first argument names a field.
    var takesField: Bool {
        switch self {
        case .zscore, .quantile: true
        case .joint, .departed: false
        }
    }
}

extension Rule {
    /// One call of `baseline.*`.
    struct BaselineCall: Sendable {
        /// Counts the rule's expressions that have such calls.
        let expression: Int
        /// `HostCall.site` within it.
        let place: Int
        let function: BaselineFunction
        /// The field, from `payload` on; nil of functions that look at all fields.
        let path: FieldPath?
        /// Of `baseline.quantile`.
        let share: Double
        /// Counts the different paths of the rule set.
        var field = 0
    }
}

extension Rule.BaselineCall {
    /// - Returns: nil where the argument is no field of the payload.
    init?(_ function: BaselineFunction, _ site: HostCallSite, of expression: Int) {
        path = site.arguments.first?.fieldPath
        if function.takesField, path?.slot != RuleEnvironment.Name.payload.rawValue { return nil }
        self.expression = expression
        self.function = function
        place = site.call.site
        share = site.arguments.last?.literal?.asDouble ?? 0
    }
}
