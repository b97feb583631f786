@testable import CEL

/// What a differential run came to.
struct Tally: Sendable {
    var trials = 0
    /// Expressions that only an unchecked environment takes.
    var unchecked = 0
    /// Generated texts that are no expressions.
    var unparsed = 0
    private(set) var values = 0
    /// By the reason's name.
    private(set) var errors: [String: Int] = [:]
    var findings: [Finding] = []

    var pairs: Int { values + errors.values.reduce(0, +) }

    mutating func count(_ outcome: Outcome) {
        if let reason = outcome.reason {
            errors[reason.name, default: 0] += 1
        } else {
            values += 1
        }
    }

    mutating func add(_ other: Tally) {
        trials += other.trials
        unchecked += other.unchecked
        unparsed += other.unparsed
        values += other.values
        errors.merge(other.errors, uniquingKeysWith: +)
        findings += other.findings
    }
}

extension Tally: CustomStringConvertible {
    var description: String {
        let reasons = errors.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return """
            \(pairs) pairs of \(trials) expressions, \(unchecked) of them unchecked; \
            \(unparsed) more did not parse
            \(values) values, \(pairs - values) errors: \(reasons)
            """
    }
}

extension EvaluationError.Reason {
    var name: String {
        switch self {
        case .noValue: "noValue"
        case .unknown: "unknown"
        case .noOverload: "noOverload"
        case .noKey: "noKey"
        case .noElement: "noElement"
        case .divisionByZero: "divisionByZero"
        case .overflow: "overflow"
        case .outOfRange: "outOfRange"
        case .invalidArgument: "invalidArgument"
        case .noOptionalValue: "noOptionalValue"
        case .outOfFuel: "outOfFuel"
        case .tooLarge: "tooLarge"
        }
    }

    static let names = [
        "noValue", "unknown", "noOverload", "noKey", "noElement", "divisionByZero", "overflow",
        "outOfRange", "invalidArgument", "noOptionalValue", "outOfFuel", "tooLarge",
    ]
}
