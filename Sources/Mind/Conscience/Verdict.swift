import Core

/// What the conscience concluded about one proposal (rules.md, "The verdict").
struct Verdict: Equatable, Sendable {
    /// What one rule that applied had to say.
    struct Contribution: Equatable, Sendable {
        var rule: String
        var stance: Rule.Stance
        var weight: Double
        var strength: Double
        var message: String?

        /// `stance × weight × strength`; a veto is absolute and adds nothing to the sum.
        var value: Double {
            switch stance {
            case .support: weight * strength
            case .oppose: 0 - weight * strength  // never -0.0
            case .veto: 0
            }
        }
    }

    /// A rule that could not be judged, or a proposal that could not be read.
    struct Failure: Equatable, Sendable {
        /// nil where the proposal itself is at fault.
        var rule: String?
        var code: String
        var message: String
        var denies: Bool
    }

    var threshold: Double
    var isApprovedByDefault: Bool
    var contributions: [Contribution] = []
    var failures: [Failure] = []

    /// The sum of the contributions, in the order of the rules.
    var score: Double { contributions.reduce(0) { $0 + $1.value } }

    /// The most that the rules that applied could have said.
    var weightApplied: Double {
        contributions.reduce(0) { $0 + ($1.stance == .veto ? 0 : $1.weight * $1.strength) }
    }

    /// In −1...1; 0 when no rule with a weight applied.
    var moralScore: Double { weightApplied > 0 ? score / weightApplied : 0 }

    var margin: Double { moralScore - threshold }
    var veto: Contribution? { contributions.first { $0.stance == .veto } }
    var denyingFailure: Failure? { failures.first { $0.denies } }

    var isApproved: Bool {
        guard veto == nil, denyingFailure == nil else { return false }
        return weightApplied > 0 ? moralScore >= threshold : isApprovedByDefault
    }

    /// One sentence for a person: what decided, and what it said.
    var explanation: String {
        let verdict = isApproved ? "approved" : "denied"
        if let veto { return sentence("denied by the veto of", veto) }
        if let failure = denyingFailure {
            let subject = failure.rule.map { "\($0) cannot be judged" } ?? failure.code
            return "denied because \(subject): \(failure.message)"
        }
        guard weightApplied > 0 else {
            let reason = contributions.isEmpty ? "no rule applied" : "what applied has no weight"
            return "\(verdict) by default: \(reason)"
        }
        let stance: Rule.Stance = isApproved ? .support : .oppose
        guard let strongest = strongest(stance) else {
            let relation = isApproved ? "reaches" : "is below"
            return "\(verdict): the score \(moralScore) \(relation) the threshold \(threshold)"
        }
        return sentence("\(verdict) by", strongest)
    }

    /// The first of the weightiest.
    private func strongest(_ stance: Rule.Stance) -> Contribution? {
        contributions.filter { $0.stance == stance }
            .reduce(nil) { best, next in
                guard let best, abs(best.value) >= abs(next.value) else { return next }
                return best
            }
    }

    private func sentence(_ start: String, _ contribution: Contribution) -> String {
        guard let message = contribution.message, !message.isEmpty else {
            return "\(start) \(contribution.rule)"
        }
        return "\(start) \(contribution.rule): \(message)"
    }
}
