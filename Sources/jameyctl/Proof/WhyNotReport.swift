import Core
import Mind
import Proof

/// What kept a rule from applying to an event, or to what one decision is about.
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
        /// It is of another route than the message took, or than the decision is of.
        case elsewhere
        /// Its mode keeps it from acting.
        case mode
        /// What was proposed could not be read, or the message is of nobody: no rule was asked.
        case unread
        /// The event is no message: no rule is asked about it.
        case noMessage = "no_message"
    }

    let name: String
    let subject: WhyNotSubject
    let answer: Answer
    let rule: Explanation.Rule?
    /// The first term that did not hold; nil where none is to blame.
    let term: Explanation.Term?
    private let isOff: Bool

    /// - Parameter decision: nil where the event is asked about.
    /// - Throws: where the rule set that was in effect has no such rule.
    init(
        _ name: String, _ reasons: Reasons, about decision: Decision? = nil
    ) throws(Ending) {
        guard let rules = reasons.mind.ruleset?.rules, rules.contains(where: { $0.name == name })
        else {
            let names = reasons.mind.ruleset?.rules.map(\.name) ?? []
            let near = nearestName(to: name, among: names).map { "; \($0.printable)?" } ?? ""
            throw .failure(
                Exit.noValue,
                "the rule set in effect at event \(reasons.event.sequence) has no rule "
                    + "'\(name.printable)'\(near)")
        }
        let subject = WhyNotSubject(name, reasons, about: decision)
        let rule = subject.route?.rules.first { $0.name == name }
        let term = rule?.terms.first { $0.result != "true" }
        // One that is off is of no route at all.
        let isOff = rules.first { $0.name == name }?.mode == .off
        answer = isOff && subject.applied == nil ? .mode : Self.answer(subject, rule, term)
        self.name = name
        self.subject = subject
        self.rule = rule
        self.term = term
        self.isOff = isOff
    }

    private static func answer(
        _ subject: WhyNotSubject, _ rule: Explanation.Rule?, _ term: Explanation.Term?
    ) -> Answer {
        let isApplied = subject.applied != nil
        guard subject.routes != nil else { return isApplied ? .applied : .noMessage }
        guard let route = subject.route, let rule else { return .elsewhere }
        if isApplied { return .applied }
        if rule.mode != "active" { return .mode }
        let isTelemetry = route.kind == "telemetry"
        if isTelemetry, route.entity.isEmpty { return .unread }
        if let term { return term.result.hasPrefix("error") ? .error : .term }
        if rule.result != "true" { return .error }
        if isTelemetry { return rule.standing.firingSince == nil ? .waits : .applied }
        return .unread
    }

    // MARK: For a person

    var lines: [String] {
        var lines = [sentence]
        if let term, answer == .term || answer == .error {
            lines += ExplanationText.lines([term], indent: 2)
            lines += flips(of: term).map { "  it would hold with \($0)" }
        }
        lines += standing.map { "  " + $0 }
        return lines.flatMap { $0.printable.wrapped() }
    }

    private var sentence: String {
        let moment = subject.moment
        func whom(_ word: String) -> String { subject.entity.map { " \(word) \($0)" } ?? "" }
        switch answer {
        case .applied:
            return rule?.standing.firingSince != nil && subject.applied == nil
                ? "\(name) holds\(whom("for")) \(moment), and its alert fires already"
                : "\(name) did apply\(whom("to")) \(moment)"
        case .term:
            return "\(name) did not apply\(whom("to")) \(moment), because this does not hold:"
        case .error:
            let start = "\(name) could not be judged\(whom("about")) \(moment)"
            return term == nil ? "\(start): \(rule?.result ?? "")" : "\(start), because of this:"
        case .waits:
            return "the condition of \(name) holds\(whom("for")) \(moment), and it waits"
        case .elsewhere:
            return "\(name) is not asked\(whom("about")) \(moment): \(subject.elsewhere)"
        case .mode:
            return "\(name) does not act \(moment): its mode is \(isOff ? "off" : rule?.mode ?? "")"
        case .unread:
            return "no rule was asked\(whom("about")) \(moment): "
                + (subject.route?.kind == "telemetry"
                    ? "the message is of nobody" : "what was proposed cannot be judged")
        case .noMessage:
            return "no rule is asked\(whom("about")) \(moment): it is no message"
        }
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
            json.member("event_seq", subject.reasons.event.sequence)
            json.member("decision_id", ifPresent: subject.decision?.id)
            if let at = subject.timerAt { json.member("timer_at", at) }
            json.member("answer", answer.rawValue)
            json.member("text", sentence)
            json.member("route", ifPresent: subject.route?.name)
            json.member("entity", ifPresent: subject.entity)
            if answer == .waits, let due = rule.flatMap({ subject.standing(of: $0).due }) {
                json.member("to_be_raised_at", due)
            }
            if let term { json.object("term") { ExplanationText.write(term, to: &$0) } }
            json.member("would_hold_with", term.map(flips) ?? [])
            if let rule { json.object("explained") { ExplanationText.write(rule, to: &$0) } }
            json.member("event", raw: EventLine.json(subject.reasons.event))
            json.member("folded_from", subject.reasons.start)
        }
    }
}
