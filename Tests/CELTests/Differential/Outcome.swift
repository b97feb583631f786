import CEL
import Core

/// What one evaluation came to, in all respects in which evaluators have to agree.
struct Outcome {
    let ending: Result<Value, EvaluationError>
    /// Fuel that was spent.
    let cost: Int
    /// What was asked of the host, in its order: functions of the host have state.
    let calls: [Call]
    /// What the evaluator says when it is only asked whether it holds; nil where it was not.
    var told: Machine.Truth?

    /// One call of a function of the host.
    struct Call {
        let call: HostCall
        let arguments: [Value]
    }

    /// The reason of the error; nil when there is a value.
    var reason: EvaluationError.Reason? {
        if case .failure(let error) = ending { return error.reason }
        return nil
    }

    /// nil when there is an error.
    var value: Value? { try? ending.get() }

    /// What it would be as a condition.
    var truth: Machine.Truth {
        guard case .success(.bool(let holds)) = ending else { return .failed }
        return holds ? .yes : .no
    }

    /// In what respect the other is not the same; nil when it is.
    func difference(from other: Outcome) -> String? {
        switch (ending, other.ending) {
        case (.success(let a), .success(let b)):
            if !a.isIdentical(to: b) { return "value" }
        case (.failure(let a), .failure(let b)):
            // Where fuel ends depends on the order of steps, which is the evaluator's own.
            if a.reason == .outOfFuel, b.reason == .outOfFuel { return nil }
            if !a.reason.isIdentical(to: b.reason) { return "reason" }
            if a.position != b.position { return "position" }
        case (.success, .failure), (.failure, .success): return "value or error"
        }
        if let told, told != truth { return "truth" }
        if cost != other.cost { return "cost" }
        let areSame = calls.elementsEqual(other.calls) { $0.isIdentical(to: $1) }
        return areSame ? nil : "calls of the host"
    }
}

extension Outcome: CustomStringConvertible {
    var description: String {
        let what: String =
            switch ending {
            case .success(let value): "\(value)"
            case .failure(let error): "\(error.position): \(error.reason)"
            }
        let calls = calls.prefix(8).map { ", \($0.call.name) at \($0.call.site) \($0.arguments)" }
        let (value, asked) = (excerpt(what), excerpt(calls.joined()))
        return "\(value) (cost \(cost)\(asked))"
    }

    private func excerpt(_ text: String) -> String { String(text.unicodeScalars.prefix(400)) }
}

extension Outcome.Call {
    func isIdentical(to other: Outcome.Call) -> Bool {
        call == other.call && arguments.elementsEqual(other.arguments) { $0.isIdentical(to: $1) }
    }
}

extension EvaluationError.Reason {
    /// Swift's own equality takes canonically equivalent texts for one.
    func isIdentical(to other: EvaluationError.Reason) -> Bool {
        self == other && description.hasSameBytes(as: other.description)
    }
}

extension Value {
    /// The same to the bit and in the same form: a document's array is no list, a document's number
    /// no int, -0.0 not 0.0, and entries of maps are in one order. Only NaN is any NaN.
    func isIdentical(to other: Value) -> Bool {
        switch (self, other) {
        case (.double(let a), .double(let b)): a.isIdentical(to: b)
        case (.number(let a), .number(let b)): a.isIdentical(to: b)
        case (.string(let a), .string(let b)): a.hasSameBytes(as: b)
        case (.list(let a), .list(let b)): a.elementsEqual(b) { $0.isIdentical(to: $1) }
        case (.array(let a), .array(let b)): a.elementsEqual(b) { $0.isIdentical(to: $1) }
        case (.object(let a), .object(let b)):
            a.members.elementsEqual(b.members) { $0.isIdentical(to: $1) }
        case (.map(let a), .map(let b)):
            a.entries.elementsEqual(b.entries) {
                $0.key.isIdentical(to: $1.key) && $0.value.isIdentical(to: $1.value)
            }
        case (.optional(let a?), .optional(let b?)): a.isIdentical(to: b)
        case (.null, _), (.bool, _), (.int, _), (.uint, _), (.double, _), (.number, _),
            (.string, _), (.bytes, _), (.list, _), (.array, _), (.map, _), (.object, _),
            (.timestamp, _), (.duration, _), (.type, _), (.optional, _), (.network, _):
            self == other
        }
    }
}

extension JSONValue {
    fileprivate func isIdentical(to other: JSONValue) -> Bool {
        Value(self).isIdentical(to: Value(other))
    }
}

extension JSONObject.Member {
    fileprivate func isIdentical(to other: JSONObject.Member) -> Bool {
        name.hasSameBytes(as: other.name) && value.isIdentical(to: other.value)
    }
}

extension JSONNumber {
    fileprivate func isIdentical(to other: JSONNumber) -> Bool {
        switch (self, other) {
        case (.int(let a), .int(let b)): a == b
        case (.double(let a), .double(let b)): a.isIdentical(to: b)
        case (.int, _), (.double, _): false
        }
    }
}

extension Double {
    fileprivate func isIdentical(to other: Double) -> Bool {
        bitPattern == other.bitPattern || (isNaN && other.isNaN)
    }
}
