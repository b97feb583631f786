import Core
import Mind
import Proof

extension WhyNotReport: Report {
    var lines: [String] {
        var lines = [sentence]
        if let term, answer == .term || answer == .error {
            lines += ExplanationText.lines([term], indent: 2)
            lines += term.flips.map { "  it would hold with \($0)" }
        }
        lines += standing.map { "  " + $0 }
        return lines.flatMap { $0.printable.wrapped() }
    }

    private var standing: [String] {
        guard let rule else { return [] }
        switch answer {
        case .waits: return waiting(rule)
        case .term:
            let since = rule.standing.firingSince?.rfc3339()
            return since.map { ["its alert fires since \($0)"] } ?? []
        case .applied, .error, .elsewhere, .mode, .unread, .noMessage: return []
        }
    }

    /// What a rule waits for whose condition holds.
    private func waiting(_ rule: Explanation.Rule) -> [String] {
        let standing = subject.standing(of: rule)
        guard let due = standing.due?.rfc3339() else {
            return rule.timing.isEmpty ? [] : ["its timing: " + rule.timing.joined(separator: ", ")]
        }
        if standing.wait == .absent { return ["to be raised at \(due), unless it is heard before"] }
        // Only a rule with a cooldown keeps when that was.
        guard let raised = standing.raisedAt else { return ["to be raised at \(due)"] }
        return ["raised last at \(raised.rfc3339())", "to be raised again at \(due)"]
    }
}
