/// Why an evaluation has no value, and where.
///
/// The caller handles it as the rule's `on_error` says; it is never a crash. Text is made only
/// when it is asked for.
public struct EvaluationError: Error, Equatable, Sendable {
    /// What went wrong. Each case is the author's to correct in the rule or the sender's to correct
    /// in the data; only `.outOfFuel` and `.tooLarge` may also want another bound.
    public enum Reason: Error, Equatable, Sendable {
        /// A variable has no value in this evaluation: test it before.
        case noValue(String)
        /// A name or function that is not declared, in an unchecked environment only.
        case unknown(String)
        /// A function or operator met kinds of values that it is not made for: convert them.
        case noOverload(String, ValueKind, ValueKind?)
        /// A map has no such key: ask `has(…)` or `in` before.
        case noKey(String)
        /// A list has no such element: compare with `size(…)` before.
        case noElement(Int64)
        /// An integer was divided by zero.
        case divisionByZero
        /// A result is beyond the range of its kind.
        case overflow(String)
        /// A conversion's argument is beyond the range of its target.
        case outOfRange(String)
        /// An argument has the right kind, but not a content that the function takes.
        case invalidArgument(String)
        /// An optional without value was asked for it: ask `hasValue()`, or use `orValue(…)`.
        case noOptionalValue
        /// `Limits.evaluationFuelMax` steps were not enough.
        case outOfFuel
        /// A string, list or map would pass its bound in `Limits`.
        case tooLarge(String)
    }

    public let reason: Reason
    /// The byte of the source that the error belongs to.
    let offset: Int32
    /// Where in the expression's text.
    public internal(set) var position: SourcePosition

    init(_ reason: Reason, offset: Int32) {
        self.reason = reason
        self.offset = offset
        position = SourcePosition(line: 1, column: 1)
    }

    /// What to tell the author.
    public var message: String { reason.description }
}

extension EvaluationError: CustomStringConvertible {
    public var description: String { "\(position): \(message)" }
}

extension EvaluationError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noValue(let name): "'\(name)' has no value"
        case .unknown(let name): "undeclared reference to '\(name)'"
        case .noOverload(let name, let kind, nil):
            "no such overload: \(name) for \(kind.typeName)"
        case .noOverload(let name, let left, let right?):
            "no such overload: \(name) for \(left.typeName) and \(right.typeName)"
        case .noKey(let key): "no such key: '\(key)'"
        case .noElement(let index): "index out of range: \(index)"
        case .divisionByZero: "division by zero"
        case .overflow(let operation): "overflow of \(operation)"
        case .outOfRange(let target): "out of the range of \(target)"
        case .invalidArgument(let message): message
        case .noOptionalValue: "the optional has no value"
        case .outOfFuel: "the evaluation takes too long"
        case .tooLarge(let what): "\(what) becomes too large"
        }
    }
}
