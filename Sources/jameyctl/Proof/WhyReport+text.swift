import Core
import Mind
import Proof

extension WhyReport: Report {
    private static let factColumns = 11

    var lines: [String] {
        var lines = [DecisionLine.text(decision), ""] + facts
        switch decision.kind {
        case .verdict: lines += [""] + table + seen
        case .alert: lines += [""] + alert
        }
        return lines.flatMap { $0.printable.wrapped() }
    }

    private var facts: [String] {
        var lines = Self.fact(
            "decision", "\(decision.id), \(decision.at.rfc3339(.microseconds))")
        if let action = stored["action"]?.string {
            lines += Self.fact("action", action.cut(to: 400))
        }
        if let score = number("score"), let moral = number("moral_score") {
            lines += Self.fact("score", "\(score), moral score \(moral)")
        }
        if let threshold = number("threshold"), let margin = number("margin") {
            lines += Self.fact("threshold", "\(threshold), margin \(margin)")
        }
        if let raised = stored["raised_by"]?.string { lines += Self.fact("raised by", raised) }
        if let trust = number("trust") { lines += Self.fact("trust", trust) }
        for name in ["ruleset", "inputs"] {
            // Too long to stand behind its name.
            if let digest = stored[name]?.string { lines += [name, "  " + digest] }
        }
        lines += Self.fact("event", event)
        if let reasons, let isRepeated {
            let start =
                reasons.start == 0 ? "the log's beginning" : "the checkpoint at \(reasons.start)"
            let result = isRepeated ? "the same" : "NOT the same"
            lines += Self.fact("replayed", "from \(start): \(result) decision")
        }
        return lines
    }

    private static func fact(_ name: String, _ value: String) -> [String] {
        (name.padded(to: factColumns) + value).printable.wrapped(hanging: factColumns)
    }

    private func number(_ name: String) -> String? {
        stored[name]?.double.map { "\($0)" }
    }

    private var event: String {
        guard let reasons else { return "\(decision.eventSequence)" }
        let start = "\(decision.eventSequence), "
        switch reasons.event.body {
        case .message(let message):
            let text = String(decoding: message.payload, as: UTF8.self)
            return start + "\(message.topic) \(text)".cut(to: 400)
        case .ruleset(let digest):
            return start + "the rule set \(digest.shortDigest) took effect"
        case .control(let request):
            return start + String(decoding: request.json, as: UTF8.self).cut(to: 400)
        case .tick: return start + "the passing of time"
        }
    }

    // MARK: A verdict

    private static let ruleColumns = 24
    private static let decimals = 10_000.0

    private var table: [String] {
        var lines = [
            Self.row("rule", "stance", "weight", "strength", "contribution")
        ]
        var told: Set<String> = []
        for entry in stored["contributions"]?.array ?? [] {
            guard let name = entry["rule"]?.string else { continue }
            told.insert(name)
            let numbers = ["weight", "strength", "contribution"].map { member in
                entry[member]?.double.map { "\($0)" } ?? ""
            }
            lines.append(
                Self.row(name, entry["stance"]?.string ?? "", numbers[0], numbers[1], numbers[2]))
            if let message = entry["message"]?.string, !message.isEmpty {
                lines.append("  " + message)
            }
        }
        for entry in stored["errors"]?.array ?? [] {
            let name = entry["rule"]?.string ?? entry["code"]?.string ?? ""
            told.insert(name)
            lines.append(
                "\(name): cannot be judged (on_error: \(entry["on_error"]?.string ?? "")): "
                    + (entry["error"]?.string ?? ""))
        }
        for rule in route?.rules ?? [] where !told.contains(rule.name) {
            let reason = rule.mode == "active" ? "does not apply" : "mode \(rule.mode)"
            lines.append(Self.row(rule.name, rule.stance ?? "", "\(rule.weight)", "-", reason))
        }
        return lines
    }

    private static func row(
        _ rule: String, _ stance: String, _ weight: String, _ strength: String, _ value: String
    ) -> String {
        // A number that would touch the one before it has four decimals; --json has all of them.
        func right(_ text: String, _ count: Int) -> String {
            let rounded = Double(text).map { ($0 * decimals).rounded() / decimals }
            let shown = text.count < count ? text : rounded.map { "\($0)" } ?? text
            let cell = shown.cut(to: count - 1)
            return String(repeating: " ", count: count - cell.count) + cell
        }
        return rule.printable.cut(to: ruleColumns).padded(to: ruleColumns) + " "
            + stance.padded(to: 7) + right(weight, 8) + right(strength, 10) + right(value, 16)
    }

    /// What the terms of each rule saw.
    private var seen: [String] {
        guard let route else { return [] }
        var lines = ["", "what they saw:"]
        for rule in route.rules {
            lines.append(ExplanationText.head(rule))
            lines += ExplanationText.lines(rule.terms)
        }
        return lines
    }

    // MARK: An alert

    private var alert: [String] {
        if let waiting { return Self.waited(waiting, decision) }
        guard let rule, let found = route?.rules.first(where: { $0.name == rule }) else {
            return [reasons == nil ? "" : "it follows from the event itself: \(message)"]
                .filter { !$0.isEmpty }
        }
        let text =
            found.timing.first { $0.hasPrefix("absent") } != nil && !decision.isPositive
            ? "it was heard again:"
            : decision.isPositive
                ? "its condition holds with this message:"
                : "its condition ceased to hold with this message:"
        return [text, ExplanationText.head(found)] + ExplanationText.lines(found.terms)
    }

    private var message: String { stored["message"]?.string ?? "" }

    private static func waited(_ rule: Explanation.Rule, _ decision: Decision) -> [String] {
        let due = (rule.standing.due ?? decision.at).rfc3339()
        let text: String
        switch rule.standing.wait {
        case .raise?: text = "its condition had held until \(due), for as long as it has to:"
        case .resolve?:
            text = "its condition had not held until \(due), for as long as it keeps firing:"
        case .absent?: text = "nothing was heard until \(due); what was heard last:"
        case nil: text = "what was heard last:"
        }
        return [text, ExplanationText.head(rule)] + ExplanationText.lines(rule.terms)
    }
}
