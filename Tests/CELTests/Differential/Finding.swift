/// A difference between two evaluators, reduced.
struct Finding: Sendable {
    let seed: UInt64
    let number: Int
    /// Who judges, and who differs.
    let names: (oracle: String, judged: String)
    /// Value, reason, position, cost.
    let respect: String
    /// As generated.
    let original: String
    let source: String
    /// nil where there was none.
    let payload: String?
    let variant: Int
    let fuel: Int
    let outcomes: (expected: String, found: String)
}

extension Finding: CustomStringConvertible {
    var description: String {
        """
        seed \(seed), trial \(number): \(names.judged) differs in the \(respect)
            \(source)
            payload \(payload ?? "none"), variant \(variant), fuel \(fuel)
            \(names.oracle): \(outcomes.expected)
            \(names.judged): \(outcomes.found)
            reduced from \(String(original.unicodeScalars.prefix(1_000)))
        """
    }
}
