import Core
import Mind

/// What a rule is asked about: an event, or what one decision of it is about.
///
/// A timer's decision belongs to whatever event came next, which is often of another entity. Its
/// own is what it is about, by what that had said last.
public struct WhyNotSubject: Sendable {
    public let reasons: Reasons
    /// nil where the event is asked about.
    public let decision: Decision?
    /// When the timer fell due that made the decision; nil where none did.
    public let timerAt: Timestamp?
    /// Those of the message, or of the timer; nil where there was neither.
    let routes: [Explanation.Route]?
    /// Where the rule is looked for: the decision's; of an event the first that has it.
    public let route: Explanation.Route?
    /// What shows that the rule did apply.
    public let applied: Decision?

    /// - Parameter rule: its name.
    init(_ rule: String, _ reasons: Reasons, about decision: Decision?) {
        let isOfTimer = decision.map { reasons.isOfTimer($0) } ?? false
        let routes: [Explanation.Route]?
        let route: Explanation.Route?
        var decided = reasons.outcome.decisions
        if let decision, isOfTimer {
            route = Self.route(ofTimer: decision, reasons)
            routes = route.map { [$0] } ?? []
            // Timers that fell due later belong to the same event.
            decided = reasons.mind.decidedByTimers(before: reasons.event).filter {
                $0.at <= decision.at
            }
        } else {
            routes = reasons.explanation?.routes
            route = routes?.first { found in
                guard let decision else { return found.rules.contains { $0.name == rule } }
                return found.name == decision.route && found.entity == decision.entity
            }
        }
        let entity = decision?.entity ?? route?.entity
        applied = decided.first { candidate in
            // A timer of another entity may have fallen due at the same event.
            guard entity == nil || candidate.entity == entity else { return false }
            return Self.shows(rule, candidate, on: route?.name)
        }
        self.reasons = reasons
        self.decision = decision
        self.routes = routes
        self.route = route
        timerAt = isOfTimer ? decision?.at : nil
    }

    private static func route(
        ofTimer decision: Decision, _ reasons: Reasons
    ) -> Explanation.Route? {
        guard let rule = try? JSONScanner.scan(decision.json)["rule"]?.string else { return nil }
        return reasons.mind.explainWaiting(rule, about: decision.entity, at: decision.at)
    }

    /// Whether a rule's alert began with a decision, or a verdict of the route took it in.
    private static func shows(_ rule: String, _ decision: Decision, on route: String?) -> Bool {
        let json = try? JSONScanner.scan(decision.json)
        switch decision.kind {
        case .alert: return decision.isPositive && json?["rule"]?.string == rule
        case .verdict:
            guard route == nil || decision.route == route else { return false }
            return json?["applied_rules"]?.array?.contains { $0.string == rule } == true
        }
    }

    /// What a rule whose condition holds has come to: with the message, or before the timer.
    public func standing(of rule: Explanation.Rule) -> Explanation.Standing {
        guard timerAt == nil, let entity else { return rule.standing }
        return reasons.after.standing(of: rule.name, about: entity)
    }

    /// nil where it is about nobody, or everybody.
    public var entity: String? {
        let name = decision?.entity ?? route?.entity ?? applied?.entity ?? ""
        return name.isEmpty ? nil : name
    }

    // MARK: For a person

    /// `at event 4`
    var moment: String {
        timerAt.map { "at \($0.rfc3339()), when a timer fell due" }
            ?? "at event \(reasons.event.sequence)"
    }

    /// Why the rule is not asked.
    var elsewhere: String {
        guard let routes, !routes.isEmpty else { return "no route wants its message" }
        if let decision {
            guard route == nil else { return "the decision is of route \(decision.route)" }
            // The coming of one entity has pushed another out.
            return "the message is about " + routes.map(\.entity).joined(separator: ", ")
        }
        return "its message came on " + routes.map(\.name).joined(separator: ", ")
    }
}
