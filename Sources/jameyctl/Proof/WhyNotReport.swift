import Core
import Mind
import Proof

/// What kept a rule from applying to an event.
struct WhyNotReport: Report {
    /// The answer in one word, for programs.
    enum Answer: String {
        /// It did apply, or its alert began or fired already.
        case applied
        /// A term of its condition did not hold.
        case term
        /// A term could not be evaluated.
        case error
        /// Its condition held, and it waits for that to last.
        case waits
        /// It is of another route than those that the message took.
        case elsewhere
        /// Its mode keeps it from acting.
        case mode
        /// What was proposed could not be read, so that no rule was asked.
        case unread
        /// The event is no message: no rule is asked about it.
        case noMessage = "no_message"
    }

    let name: String
    let reasons: Reasons
    let answer: Answer
    let route: Explanation.Route?
    let rule: Explanation.Rule?
    /// The first term that did not hold; nil where none is to blame.
    let term: Explanation.Term?
    private let isRaised: Bool
    private let isOff: Bool

    /// - Throws: where the rule set that was in effect has no such rule.
    init(_ name: String, _ reasons: Reasons) throws(Ending) {
        guard let rules = reasons.mind.ruleset?.rules, rules.contains(where: { $0.name == name })
        else {
            let names = reasons.mind.ruleset?.rules.map(\.name) ?? []
            let near = nearestName(to: name, among: names).map { "; \($0.printable)?" } ?? ""
            throw .failure(
                Exit.noValue,
                "the rule set in effect at event \(reasons.event.sequence) has no rule "
                    + "'\(name.printable)'\(near)")
        }
        self.name = name
        self.reasons = reasons
        let routes = reasons.explanation?.routes
        route = routes?.first { $0.rules.contains { $0.name == name } }
        rule = route?.rules.first { $0.name == name }
        let entity = route?.entity
        isRaised = reasons.outcome.decisions.contains { decision in
            // A timer of another entity may have fallen due at the same event.
            guard entity == nil || decision.entity == entity else { return false }
            let json = try? JSONScanner.scan(decision.json)
            if json?["rule"]?.string == name { return decision.isPositive }
            return json?["applied_rules"]?.array?.contains { $0.string == name } == true
        }
        term = rule?.terms.first { $0.result != "true" }
        // One that is off is of no route at all.
        isOff = rules.first { $0.name == name }?.mode == .off
        answer =
            isOff && !isRaised
            ? .mode : Self.answer(routes, route, rule, term, isRaised: isRaised)
    }

    private static func answer(
        _ routes: [Explanation.Route]?, _ route: Explanation.Route?, _ rule: Explanation.Rule?,
        _ term: Explanation.Term?, isRaised: Bool
    ) -> Answer {
        guard routes != nil else { return isRaised ? .applied : .noMessage }
        guard let route, let rule else { return .elsewhere }
        if isRaised { return .applied }
        if rule.mode != "active" { return .mode }
        if let term { return term.result.hasPrefix("error") ? .error : .term }
        if rule.result != "true" { return .error }
        if route.kind == "telemetry" {
            return rule.standing.firingSince == nil ? .waits : .applied
        }
        return .unread
    }

    // MARK: For a person

    var lines: [String] {
        var lines = [sentence]
        if let term, answer == .term || answer == .error {
            lines += ExplanationText.lines([term], indent: 2)
            lines += flips(of: term).map { "  it would hold with \($0)" }
        }
        if let standing { lines.append(standing) }
        return lines.map(\.printable)
    }

    private var sentence: String {
        let event = "event \(reasons.event.sequence)"
        switch answer {
        case .applied:
            return rule?.standing.firingSince != nil && !isRaised
                ? "\(name) holds at \(event), and its alert fires already"
                : "\(name) did apply at \(event)"
        case .term: return "\(name) did not apply at \(event), because this does not hold:"
        case .error:
            return term == nil
                ? "\(name) could not be judged at \(event): \(rule?.result ?? "")"
                : "\(name) could not be judged at \(event), because of this:"
        case .waits: return "the condition of \(name) holds at \(event), and it waits"
        case .elsewhere:
            let routes = reasons.explanation?.routes.map(\.name) ?? []
            return "\(name) is not asked at \(event): "
                + (routes.isEmpty
                    ? "no route wants its message"
                    : "its message came on " + routes.joined(separator: ", "))
        case .mode:
            return
                "\(name) does not act at \(event): its mode is \(isOff ? "off" : rule?.mode ?? "")"
        case .unread: return "no rule was asked at \(event): what was proposed cannot be judged"
        case .noMessage: return "no rule is asked at \(event): it is no message"
        }
    }

    private var standing: String? {
        guard let rule else { return nil }
        let now = reasons.event.at
        switch (answer, rule.standing.wait) {
        case (.waits, .raise?):
            return rule.standing.due.map { "  to be raised at \($0.rfc3339())" }
        case (.waits, _):
            return "  its timing: " + rule.timing.joined(separator: ", ") + ", from "
                + now.rfc3339()
        case (.term, _) where rule.standing.firingSince != nil:
            return "  its alert fires since \(rule.standing.firingSince?.rfc3339() ?? "")"
        case _: return nil
        }
    }

    /// What would have made a term hold: of alternatives each, else the first that is missing.
    private func flips(of term: Explanation.Term) -> [String] {
        if let comparison = term.comparison {
            return comparison.leftValue.hasPrefix("error")
                || comparison.rightValue.hasPrefix("error")
                ? [] : [ExplanationText.flip(comparison)]
        }
        let missing = term.parts.filter { $0.result != "\($0.wanted)" }
        guard !term.isAnyOf else { return missing.flatMap(flips) }
        return missing.first.map(flips) ?? []
    }

    // MARK: JSON

    var json: [UInt8] {
        JSONWriter.object { json in
            json.member("rule", name)
            json.member("event_seq", reasons.event.sequence)
            json.member("answer", answer.rawValue)
            json.member("text", sentence)
            json.member("route", ifPresent: route?.name)
            json.member("entity", ifPresent: route?.entity)
            if let term { json.object("term") { ExplanationText.write(term, to: &$0) } }
            json.member("would_hold_with", term.map(flips) ?? [])
            if let rule { json.object("explained") { ExplanationText.write(rule, to: &$0) } }
            json.member("event", raw: EventLine.json(reasons.event))
            json.member("folded_from", reasons.start)
        }
    }
}
