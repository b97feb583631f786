import CEL
import Core

// Public interfaces only: scripts/fuzz compiles this file too, with the built modules.

/// What expressions of the differential tests see: the names of rules and more of every kind.
struct Scene: Activation {
    /// Read in place by evaluators that can; nil where the payload has no value.
    let document: JSONDocument?
    /// What the payload is by `value(slot:name:)`.
    private var payload: Result<Value?, EvaluationError.Reason>
    /// Tells scenes apart in what the other variables hold.
    private let variant: Int
    /// Of variables behind those of `Name`.
    private let further: [Value]
    private let hasNames: Bool
    private(set) var calls: [Outcome.Call] = []

    /// - Parameters:
    ///   - variant: 0 or more; in some variants some variables have no value.
    ///   - further: Of the variables that the environment has behind those of `Name`.
    init(document: JSONDocument?, variant: Int, further: [Value] = []) {
        self.document = document
        self.variant = variant
        self.further = further
        hasNames = true
        payload = .success(document.map { Value($0.value) })
    }

    /// What the variables of an environment without any of `Name` hold, by their slots.
    init(values: [Value]) {
        document = nil
        variant = 0
        further = values
        hasNames = false
        payload = .success(nil)
    }

    /// The same, where to ask for the payload is an error: it has to be read in place.
    var withoutPayload: Scene {
        var scene = self
        scene.payload = .failure(.unknown("the payload was asked of the activation"))
        return scene
    }

    /// The same with another payload than the document is.
    func with(payload: Value) -> Scene {
        var scene = self
        scene.payload = .success(payload)
        return scene
    }

    mutating func value(slot: Int, name: String) throws(EvaluationError.Reason) -> Value? {
        guard hasNames else { return further[slot] }
        guard let known = Name(rawValue: slot) else { return further[slot - Name.allCases.count] }
        if known == .payload { return try payload.get() }
        return try Self.value(of: known, variant: variant)
    }

    mutating func call(
        _ call: HostCall, arguments: [Value]
    ) throws(EvaluationError.Reason) -> Value {
        calls.append(Outcome.Call(call: call, arguments: arguments))
        guard let function = HostFunction(rawValue: call.function) else {
            throw .unknown(call.name)
        }
        switch function {
        case .average:
            guard let number = arguments.first?.asNumber else { throw .noValue(call.name) }
            return .double(number / 2 + Double(variant))
        case .count: return .int(Int64(calls.count))
        case .changed: return .bool((call.site + arguments.count + variant) % 2 == 0)
        case .echo: return arguments[0]
        case .refuse: throw .invalidArgument("refused at \(call.site)")
        }
    }
}

// MARK: Functions of the host

extension Scene {
    enum HostFunction: Int, CaseIterable {
        case average, count, changed, echo, refuse

        var function: Function {
            switch self {
            case .average:
                Function(
                    "over.avg", argumentCount: 2,
                    signatures: [Signature(.number, .string, gives: .double)],
                    body: .host(rawValue))
            case .count:
                Function(
                    "over.count", argumentCount: 0, signatures: [Signature(gives: .int)],
                    body: .host(rawValue))
            case .changed:
                Function(
                    "changed", argumentCount: 1, signatures: [Signature(.dyn, gives: .bool)],
                    body: .host(rawValue))
            case .echo:
                Function(
                    "echo", argumentCount: 1,
                    signatures: [Signature(.parameter(0), gives: .parameter(0))],
                    body: .host(rawValue))
            case .refuse:
                Function(
                    "refuse", argumentCount: 0, signatures: [Signature(gives: .dyn)],
                    body: .host(rawValue))
            }
        }
    }

    static let functions: FunctionTable = {
        var functions = FunctionTable.standard
        for host in HostFunction.allCases { functions.register(host.function) }
        return functions
    }()
}

extension Value {
    fileprivate var asNumber: Double? {
        switch self {
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .double(let value): value
        case .number(let value): value.double
        case .null, .bool, .string, .bytes, .list, .array, .map, .object, .timestamp, .duration,
            .type, .optional, .network:
            nil
        }
    }
}
