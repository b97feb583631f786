import Core

/// Where a difference is: which event, under which two sets.
struct ShadowPlace {
    var source: ShadowDifference.Source
    var at: Timestamp
    var sequence: EventSequence?
    var active: String
    var shadow: String

    // MARK: Verdicts

    /// - Returns: nil where both say the same.
    func compare(_ active: Decision?, _ shadow: Decision?) -> ShadowDifference? {
        guard let decision = active ?? shadow else { return nil }
        let (mine, other) = (
            active.flatMap(JudgedProposal.init), shadow.flatMap(JudgedProposal.init)
        )
        let kind: ShadowDifference.Kind
        switch (mine, other) {
        case (let mine?, let other?):
            if mine.isApproved != other.isApproved {
                kind = mine.isApproved ? .allowToDeny : .denyToAllow
            } else if mine.hasSameScore(as: other) {
                return nil
            } else {
                kind = .score
            }
        case (_, _): kind = .unjudged
        }
        let rules = JudgedProposal.causes(mine, other)
        let action = (mine ?? other)?.json["action"]?.string
        let json = self.json(kind, decision, rules) { json in
            json.member("action", ifPresent: action)
            write("active", self.active, mine?.json, to: &json)
            write("shadow", self.shadow, other?.json, to: &json)
        }
        return difference(kind, decision.route, decision.entity, rules, json)
    }

    /// The members of a verdict that a person compares; `null` where there was none.
    private func write(
        _ name: String, _ digest: String, _ verdict: JSONValue?, to json: inout JSONWriter
    ) {
        json.object(name) { side in
            side.member("ruleset", digest)
            for member in [
                "decision_id", "approved", "moral_score", "score", "threshold", "margin",
                "explanation", "applied_rules",
            ] {
                // Of a decision that was not made there is no name to look for.
                if name == "shadow", member == "decision_id" { continue }
                side.member(member, verdict?[member] ?? .null)
            }
        }
    }

    // MARK: Alerts

    func difference(_ kind: ShadowDifference.Kind, _ alert: RaisedAlert) -> ShadowDifference {
        let isNew = kind == .alertNew
        let decision = (route: alert.route, entity: alert.entity)
        let json = JSONWriter.object { json in
            head(kind, decision.route, decision.entity, [alert.rule], to: &json)
            for (name, digest, isThere) in [
                ("active", active, !isNew), ("shadow", shadow, isNew),
            ] {
                json.object(name) { side in
                    side.member("ruleset", digest)
                    side.member("firing", isThere)
                    guard isThere else { return }
                    for member in ["severity", "value", "message"] {
                        side.member(member, alert.json[member] ?? .null)
                    }
                }
            }
        }
        return difference(kind, alert.route, alert.entity, [alert.rule], json)
    }

    // MARK: Both

    private func json(
        _ kind: ShadowDifference.Kind, _ decision: Decision, _ rules: [String],
        _ rest: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        JSONWriter.object { json in
            head(kind, decision.route, decision.entity, rules, to: &json)
            rest(&json)
        }
    }

    private func head(
        _ kind: ShadowDifference.Kind, _ route: String, _ entity: String, _ rules: [String],
        to json: inout JSONWriter
    ) {
        json.member("kind", kind.name)
        json.member("source", source.rawValue)
        json.member("timestamp", at)
        if let sequence { json.member("event_seq", sequence) }
        json.member("route", route)
        json.member("entity", entity)
        json.member("rules", rules)
    }

    private func difference(
        _ kind: ShadowDifference.Kind, _ route: String, _ entity: String, _ rules: [String],
        _ json: [UInt8]
    ) -> ShadowDifference {
        ShadowDifference(
            kind: kind, source: source, at: at, eventSequence: sequence, route: route,
            entity: entity, rules: rules, active: active, shadow: shadow, json: json)
    }
}
