/// What programs see of a message: the caller's side of a `Machine`.
///
/// A class to be inherited from, since a call of a method is cheaper than one through a protocol.
/// A variable is asked for once and kept until the machine is told of the next message or rule.
open class Inputs {
    public init() {}

    /// The value of a variable; nil when it has none now, which makes an error of the evaluation.
    ///
    /// - Parameters:
    ///   - slot: Its index in `Environment.variables`.
    ///   - name: Its name, for messages.
    open func load(slot: Int, name: String) throws(EvaluationError.Reason) -> Value? { nil }

    /// Calls a function that was registered with `.host`.
    open func call(
        _ call: HostCall, arguments: [Value]
    ) throws(EvaluationError.Reason) -> Value {
        throw .unknown(call.name)
    }
}

/// An activation as inputs.
final class ActivationInputs<A: Activation>: Inputs {
    var activation: A

    init(_ activation: A) { self.activation = activation }

    override func load(slot: Int, name: String) throws(EvaluationError.Reason) -> Value? {
        try activation.value(slot: slot, name: name)
    }

    override func call(
        _ call: HostCall, arguments: [Value]
    ) throws(EvaluationError.Reason) -> Value {
        try activation.call(call, arguments: arguments)
    }
}
