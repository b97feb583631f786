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

/// A request that could not be judged, as it is answered.
struct RequestError {
    var code: String
    var message: String

    var json: [UInt8] {
        JSONWriter.object {
            $0.member("error", message)
            $0.member("code", code)
        }
    }
}

/// An answer in the form of its request.
struct Answer {
    var id: String
    var at: Timestamp
    var topic: String
    /// A JSON object.
    var body: [UInt8]
    var correlationID: JSONValue?

    /// The body itself, with MQTT 3.1.1's `correlation_id` at its end.
    var bare: [UInt8] {
        guard let correlationID else { return body }
        var bytes = body.dropLast()
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes += Array("\"correlation_id\":".utf8) + correlationID.encoded()
        return Array(bytes) + [UInt8(ascii: "}")]
    }

    /// The envelope of topics.md around the body.
    var wrapped: [UInt8] {
        JSONWriter.object { json in
            json.member("message_id", id)
            json.member("timestamp", at)
            json.member("topic", topic)
            json.member("payload", raw: body)
            json.object("metadata") { metadata in
                if let correlationID { metadata.member("correlation_id", correlationID) }
            }
        }
    }
}
