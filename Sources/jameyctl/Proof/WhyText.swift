import Core

/// Why something was decided, for a person in 80 columns or as JSON. It is drawn from the JSON, so
/// that the daemon's is shown as that of a store.
struct WhyText: Report {
    private static let factColumns = 11
    private static let longestText = 400

    let json: [UInt8]
    /// Whether the same is decided again; nil where the log no longer reaches back.
    let isRepeated: Bool?
    private let decision: Decision
    /// As it was recorded.
    private let stored: JSONValue
    private let report: JSONPiece
    /// The rules about the message on the decision's route; nil where the message is of another
    /// entity, whose coming has pushed this one out.
    private let rules: [JSONValue]?

    /// - Parameters:
    ///   - json: as `WhyReport` has it.
    ///   - decision: that is told of in it.
    init(_ json: [UInt8], of decision: Decision) {
        self.json = json
        self.decision = decision
        report = JSONPiece(json)
        stored = (try? JSONScanner.scan(decision.json)) ?? .null
        isRepeated = report["replay"]?["agrees"]?.bool
        let route = report["routes"]?.elements?.first { route in
            route["route"]?.string == decision.route
                && route["entity"]?.string == decision.entity
        }
        rules = route?["rules"]?.elements?.compactMap(\.value)
    }

    var lines: [String] {
        var lines = [DecisionLine.text(decision), ""] + facts
        switch decision.kind {
        case .verdict: lines += [""] + table + seen
        case .alert: lines += [""] + alert
        }
        return lines.flatMap { $0.printable.wrapped() }
    }

    // MARK: Facts

    private var facts: [String] {
        let time = stored["timestamp"]?.string ?? stored["since"]?.string
        var lines = Self.fact("decision", "\(decision.id), \(time ?? decision.at.rfc3339())")
        if let action = stored["action"]?.string {
            lines += Self.fact("action", action.fitted(to: Self.longestText))
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
        return lines + Self.fact("event", event) + replayed
    }

    private static func fact(_ name: String, _ value: String) -> [String] {
        (name.padded(to: factColumns) + value).printable.wrapped(hanging: factColumns)
    }

    private func number(_ name: String) -> String? { stored[name]?.double.map { "\($0)" } }

    private var replayed: [String] {
        guard let isRepeated, let start = report["replay"]?["folded_from"]?.int else { return [] }
        let place = start == 0 ? "the log's beginning" : "the checkpoint at \(start)"
        let result = isRepeated ? "the same" : "NOT the same"
        return Self.fact("replayed", "from \(place): \(result) decision")
    }

    private var event: String {
        let start = "\(decision.eventSequence)"
        guard let event = report["event"] else { return start }
        return start + ", " + Self.text(ofEvent: event)
    }

    /// - Parameter event: as `log export` writes it.
    private static func text(ofEvent event: JSONPiece) -> String {
        if let topic = event["topic"]?.string {
            let bytes = event["payload_base64"]?.string.flatMap(Base64.decode) ?? []
            let payload = event["payload"]?.string ?? String(decoding: bytes, as: UTF8.self)
            return "\(topic) \(payload)".fitted(to: longestText)
        }
        switch event["kind"]?.string {
        case "ruleset":
            return "the rule set \(event["digest"]?.string?.shortDigest ?? "") took effect"
        case "control":
            return String(decoding: event["control"]?.bytes ?? [], as: UTF8.self)
                .fitted(to: longestText)
        case _: return "the passing of time"
        }
    }

    // MARK: A verdict

    private var table: [String] {
        var lines = [WhyRow.heading]
        var told: Set<String> = []
        for entry in stored["contributions"]?.array ?? [] {
            guard let row = WhyRow(contribution: entry) else { continue }
            told.insert(row.rule)
            lines.append(row.text)
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
        for row in (rules ?? []).compactMap(WhyRow.init(silent:)) where !told.contains(row.rule) {
            lines.append(row.text)
        }
        return lines
    }

    /// What the terms of each rule saw.
    private var seen: [String] {
        guard let rules else { return [] }
        return ["", "what they saw:"]
            + rules.flatMap { [ExplanationText.head($0)] + ExplanationText.lines(of: $0) }
    }

    // MARK: An alert

    private var alert: [String] {
        if let waited = report["waited"]?.value { return self.waited(waited) }
        let name = stored["rule"]?.string
        guard let name, let rule = rules?.first(where: { $0["rule"]?.string == name }) else {
            guard isRepeated != nil else { return [] }
            return ["it follows from the event itself: \(stored["message"]?.string ?? "")"]
        }
        let isAbsent = ExplanationText.texts(of: rule["timing"]).contains {
            $0.hasPrefix("absent")
        }
        let text =
            isAbsent && !decision.isPositive
            ? "it was heard again:"
            : decision.isPositive
                ? "its condition holds with this message:"
                : "its condition ceased to hold with this message:"
        return [text, ExplanationText.head(rule)] + ExplanationText.lines(of: rule)
    }

    private func waited(_ rule: JSONValue) -> [String] {
        let standing = rule["standing"]
        let due = standing?["due"]?.string ?? decision.at.rfc3339()
        let text =
            switch standing?["waits"]?.string {
            case "raise": "its condition had held until \(due), for as long as it has to:"
            case "resolve":
                "its condition had not held until \(due), for as long as it keeps firing:"
            case "absent": "nothing was heard until \(due); what was heard last:"
            case _: "what was heard last:"
            }
        return [text, ExplanationText.head(rule)] + ExplanationText.lines(of: rule)
    }
}
