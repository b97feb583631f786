import Core

/// Other rules on the same events: a second mind, which never acts (decision 0023).
extension Mind {
    /// The mind that judges in shadow: it knows what this one knows now, under other rules. What
    /// its rules keep about entities goes on as with an activation.
    public func shadow(under ruleset: RuleSet) -> Mind {
        var shadow = self
        let body = Event.Body.ruleset(digest: ruleset.digest)
        _ = shadow.activate(ruleset, by: Event(sequence: sequence + 1, at: now, body: body))
        return shadow
    }

    /// Takes in an event of the other mind, in the log or not.
    ///
    /// Whether it leaves a mark here depends on these rules and their record policies, as it would
    /// if they were in force; the numbers of events are the log's.
    public mutating func perceiveInShadow(_ event: Event) -> Outcome {
        sequence = event.sequence - 1
        return perceive(event)
    }

    /// What it knows, by its own estimate.
    public var knownBytes: Int { workingMemoryBytes + ruleStateBytes + baselineBytes }

    func isFiring(_ rule: String, of entity: String) -> Bool {
        guard let slot = entities.find(entity) else { return false }
        return entities[slot].firing.contains { $0.rule == rule }
    }
}

extension RuleSet {
    /// The set with its rules in shadow as active ones; nil where it has none.
    public var withShadowRules: RuleSet? {
        guard rules.contains(where: { $0.mode == .shadow }) else { return nil }
        var set = self
        for index in rules.indices where rules[index].mode == .shadow {
            set.rules[index].mode = .active
        }
        return set
    }
}

extension Mind.Settings {
    /// Where differences of rules in shadow are told.
    public var shadowTopic: String { "\(root)/conscience/shadow" }
}
