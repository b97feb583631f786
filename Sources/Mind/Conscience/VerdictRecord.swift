import Core

/// A verdict with what it was about: what is stored, published and reproduced by replay.
struct VerdictRecord {
    var decisionID: String
    var at: Timestamp
    var route: String
    var entity: String
    var action: String?
    var verdict: Verdict
    var ruleset: String
    var inputs: String
    var sequence: EventSequence
    var trust: Double

    /// Canonical: the members in this order, doubles in their shortest exact form.
    var json: [UInt8] {
        JSONWriter.object { json in
            json.member("decision_id", decisionID)
            json.member("timestamp", at)
            json.member("route", route)
            json.member("entity", entity)
            json.member("action", ifPresent: action)
            json.member("approved", verdict.isApproved)
            json.member("moral_score", verdict.moralScore)
            json.member("score", verdict.score)
            json.member("threshold", verdict.threshold)
            json.member("margin", verdict.margin)
            json.member("explanation", verdict.explanation)
            json.member("applied_rules", verdict.contributions.map(\.rule))
            json.array("contributions") { list in
                for contribution in verdict.contributions { contribution.write(to: &list) }
            }
            json.array("errors") { list in
                for failure in verdict.failures { failure.write(to: &list) }
            }
            json.member("ruleset", ruleset)
            json.member("inputs", inputs)
            json.member("event_seq", sequence)
            json.member("trust", trust)
        }
    }

    /// The row that the store keeps.
    func decision(_ json: [UInt8]) -> Decision {
        Decision(
            id: decisionID, kind: .verdict, at: at, eventSequence: sequence, route: route,
            entity: entity, isPositive: verdict.isApproved, json: json)
    }
}

extension Verdict.Contribution {
    func write(to json: inout JSONWriter) {
        json.object {
            $0.member("rule", rule)
            $0.member("stance", stance.rawValue)
            $0.member("weight", weight)
            $0.member("strength", strength)
            $0.member("contribution", value)
            $0.member("message", ifPresent: message)
        }
    }
}

extension Verdict.Failure {
    func write(to json: inout JSONWriter) {
        json.object {
            $0.member("rule", ifPresent: rule)
            $0.member("code", code)
            $0.member("error", message)
            $0.member("on_error", denies ? "deny" : "ignore")
        }
    }
}

extension AlertRecord {
    /// As much of it as tells one alert from another. A value that has others in it stays: it may
    /// be such that the record cannot be read again, and then the outline cannot either.
    var outline: [UInt8] {
        JSONWriter.object(reservingBytes: 40 + rule.utf8.count + message.utf8.count) { json in
            json.member("message", message)
            json.member("rule", rule)
            switch value {
            case .array, .object: json.member("value", value)
            case .null, .bool, .number, .string: break
            }
        }
    }

    /// What `alerts/{rule}/{entity}` carries and the decisions keep.
    var json: [UInt8] {
        JSONWriter.object(reservingBytes: 512) { json in
            json.member("state", isFiring ? "firing" : "resolved")
            json.member("since", at)
            json.member("value", value)
            json.member("message", message)
            json.member("decision_id", decisionID)
            json.member("rule", rule)
            json.member("entity", entity)
            json.member("severity", severity.rawValue)
            json.member("route", route)
            json.member("raised_by", ifPresent: raisedBy)
            json.member("ruleset", ruleset)
            json.member("event_seq", sequence)
            json.member("trust", trust)
        }
    }
}
