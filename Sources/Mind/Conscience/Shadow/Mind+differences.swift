import Core

/// What two minds have concluded from one event, side by side.
extension Mind {
    /// - Parameters:
    ///   - outcome: what this mind, whose rules are in force, has concluded.
    ///   - shadow: the mind in shadow, after the event.
    ///   - sequence: nil where the event is not in the log.
    /// - Returns: verdicts first, then alerts, each in the order of the rules.
    public func differences(
        _ outcome: Outcome, inShadow shadow: Mind, _ shadowed: Outcome,
        source: ShadowDifference.Source, at time: Timestamp, sequence: EventSequence?
    ) -> [ShadowDifference] {
        guard !outcome.decisions.isEmpty || !shadowed.decisions.isEmpty,
            let active = ruleset?.digest, let other = shadow.ruleset?.digest
        else { return [] }
        let place = ShadowPlace(
            source: source, at: time, sequence: sequence, active: active, shadow: other)
        return Self.verdicts(outcome, shadowed, place)
            + alerts(outcome, shadow, shadowed, place)
    }

    /// A route judges a message once.
    private static func verdicts(
        _ outcome: Outcome, _ shadowed: Outcome, _ place: ShadowPlace
    ) -> [ShadowDifference] {
        var others = shadowed.decisions.filter { $0.kind == .verdict }
        var found: [ShadowDifference] = []
        for decision in outcome.decisions where decision.kind == .verdict {
            var other: Decision?
            if let index = others.firstIndex(where: { $0.route == decision.route }) {
                other = others.remove(at: index)
            }
            if let difference = place.compare(decision, other) { found.append(difference) }
        }
        return found + others.compactMap { place.compare(nil, $0) }
    }

    /// What is raised by one of both, unless it fires with the other since before: then that was
    /// told of when it began.
    private func alerts(
        _ outcome: Outcome, _ shadow: Mind, _ shadowed: Outcome, _ place: ShadowPlace
    ) -> [ShadowDifference] {
        let (mine, others) = (RaisedAlert.all(in: outcome), RaisedAlert.all(in: shadowed))
        let missing = mine.filter { alert in
            !others.contains { $0.isSame(as: alert) }
                && !shadow.isFiring(alert.rule, of: alert.entity)
        }
        let new = others.filter { alert in
            !mine.contains { $0.isSame(as: alert) } && !isFiring(alert.rule, of: alert.entity)
        }
        return missing.map { place.difference(.alertMissing, $0) }
            + new.map { place.difference(.alertNew, $0) }
    }
}

/// An alert that an event has raised.
struct RaisedAlert {
    var rule: String
    var entity: String
    var route: String
    var json: JSONValue

    static func all(in outcome: Outcome) -> [RaisedAlert] {
        outcome.decisions.compactMap { decision in
            guard decision.kind == .alert, decision.isPositive,
                let json = try? JSONScanner.scan(decision.json), let rule = json["rule"]?.string
            else { return nil }
            return RaisedAlert(
                rule: rule, entity: decision.entity, route: decision.route, json: json)
        }
    }

    func isSame(as other: RaisedAlert) -> Bool {
        rule == other.rule && entity.hasSameBytes(as: other.entity)
    }
}
