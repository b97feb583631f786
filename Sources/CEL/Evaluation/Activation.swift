/// What an expression is evaluated against: the values of its variables.
///
/// A structure or class of the caller's, so that values are looked up or computed only when an
/// expression asks for them.
public protocol Activation {
    /// The value of a variable.
    ///
    /// - Parameters:
    ///   - slot: Its index in `Environment.variables`; the way to tell variables apart.
    ///   - name: Its name, for messages.
    /// - Returns: nil when it has none now, which makes an error of the evaluation.
    mutating func value(slot: Int, name: String) throws(EvaluationError.Reason) -> Value?

    /// Calls a function that was registered with `.host`: one whose state belongs to the caller.
    mutating func call(
        _ call: HostCall, arguments: [Value]
    ) throws(EvaluationError.Reason) -> Value
}

extension Activation {
    /// Without functions of the host.
    public mutating func call(
        _ call: HostCall, arguments: [Value]
    ) throws(EvaluationError.Reason) -> Value {
        throw .unknown(call.name)
    }
}

/// One place of an expression that calls a function of the host.
public struct HostCall: Equatable, Sendable {
    /// As registered: `over.avg`.
    public let name: String
    /// The number the host gave to the function.
    public let function: Int
    /// Counts the host calls of the expression from 0, in the order of the text; what a window of
    /// state can be kept under.
    public let site: Int
}

/// No variables at all.
public struct EmptyActivation: Activation {
    public init() {}

    public mutating func value(slot: Int, name: String) -> Value? { nil }
}

/// Variables by name; for tests and the command line.
public struct DictionaryActivation: Activation {
    public var values: [String: Value]

    public init(_ values: [String: Value]) { self.values = values }

    public mutating func value(slot: Int, name: String) -> Value? { values[name] }
}
