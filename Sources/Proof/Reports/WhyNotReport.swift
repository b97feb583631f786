import Core
import Mind

/// What kept a rule from applying to an event, or to what one decision is about.
public struct WhyNotReport: Sendable {
    /// The answer in one word, for programs.
    public enum Answer: String, Sendable {
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

    public let name: String
    public let subject: WhyNotSubject
    public let answer: Answer
    public let rule: Explanation.Rule?
    /// The first term that did not hold; nil where none is to blame.
    public let term: Explanation.Term?
    private let isOff: Bool

    /// - Parameter decision: nil where the event is asked about.
    /// - Throws: where the rule set that was in effect has no such rule.
    public init(
        _ name: String, _ reasons: Reasons, about decision: Decision? = nil
    ) throws(UnknownRule) {
        let rules = reasons.mind.ruleset?.rules ?? []
        guard rules.contains(where: { $0.name == name }) else {
            throw UnknownRule(name, at: reasons.event.sequence, among: rules.map(\.name))
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

    /// The answer for a person, without what stands below it.
    public var sentence: String {
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

    public var json: [UInt8] {
        JSONWriter.object { json in
            json.member("rule", name)
            json.member("event_seq", subject.reasons.event.sequence)
            json.member("decision_id", ifPresent: subject.decision?.id)
            if let at = subject.timerAt { json.member("timer_at", at) }
            json.member("answer", answer.rawValue)
            json.member("text", sentence)
            json.member("route", ifPresent: subject.route?.name)
            json.member("entity", ifPresent: subject.entity)
            if answer == .waits, let rule { Self.write(subject.standing(of: rule), to: &json) }
            if let term { json.object("term") { term.write(to: &$0) } }
            json.member("would_hold_with", term?.flips ?? [])
            if let rule { json.object("explained") { rule.write(to: &$0) } }
            json.member("event", raw: subject.reasons.event.json)
            json.member("folded_from", subject.reasons.start)
        }
    }

    /// What it waits for.
    private static func write(_ standing: Explanation.Standing, to json: inout JSONWriter) {
        if let due = standing.due { json.member("to_be_raised_at", due) }
        json.member("waits", ifPresent: standing.wait?.rawValue)
        if let raisedAt = standing.raisedAt { json.member("raised_at", raisedAt) }
    }
}
