import Core

/// What an evaluation may still spend: one unit for a step, an element or a few bytes.
///
/// It bounds time and, because making a value costs its size, memory.
public struct Fuel: Sendable {
    public private(set) var left: Int

    public init(_ amount: Int) { left = amount }

    /// - Parameter amount: 0 or more.
    @inline(__always)
    public mutating func spend(_ amount: Int) throws(EvaluationError.Reason) {
        guard amount <= left else {
            left = 0
            throw .outOfFuel
        }
        left -= amount
    }

    /// What it costs to read or write so many bytes.
    @inline(__always)
    public mutating func spend(bytes count: Int) throws(EvaluationError.Reason) {
        try spend(count >> 4)
    }
}

extension Fuel {
    /// Pays for a string or bytes value that is about to be made.
    ///
    /// - Parameter what: How the value is called in the error: "a string".
    mutating func claim(bytes count: Int, _ what: String) throws(EvaluationError.Reason) {
        guard count <= Limits.valueBytesMax else { throw .tooLarge(what) }
        try spend(bytes: count)
    }

    /// Pays for a list or map that is about to be made.
    mutating func claim(elements count: Int, _ what: String) throws(EvaluationError.Reason) {
        guard count <= Limits.valueElementsMax else { throw .tooLarge(what) }
        try spend(count)
    }
}
