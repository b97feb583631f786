import CEL

/// The machine that a mind runs its rules on: memory that is used again and again, and no part of
/// what the mind knows.
///
/// A copy of a mind takes a machine of its own when it first needs one.
struct Workbench: @unchecked Sendable {
    // Sendable because a machine is only given out where nobody else holds it: of two copies, each
    // finds that it is not alone and makes its own.
    private var kept = Machine()

    /// - Returns: A machine that no copy of the mind uses.
    mutating func machine() -> Machine {
        if !isKnownUniquelyReferenced(&kept) { kept = Machine() }
        return kept
    }
}
