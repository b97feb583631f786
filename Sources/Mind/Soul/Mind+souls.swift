import Core

extension Mind {
    private var soulRules: SoulRules { ruleset?.soul ?? SoulRules() }

    /// What is left at a moment of what is believed about an entity; nil where nothing ever was.
    func soul(of entity: String, at time: Timestamp) -> Soul? {
        souls.find(entity)?.settled(
            at: time, halfLife: ruleset?.soul.halfLife ?? Soul.halfLifeDefault)
    }

    func trust(of entity: String, at time: Timestamp) -> Double {
        (soul(of: entity, at: time) ?? Soul(at: time)).trust
    }

    /// Records what a rule feels when it raises an alert; by its severity where the rule does not
    /// say and the rule set has it recorded.
    mutating func feel(
        about entity: String, with alert: FiringAlert, _ rule: Rule, of event: Event,
        into outcome: inout Outcome
    ) {
        for action in rule.feelings {
            record(
                action.emotion, action.weight, about: entity, .rule, alert.rule,
                alert.decisionID, of: event, into: &outcome)
        }
        let rules = soulRules
        guard rule.feelings.isEmpty, rules.isAutomatic,
            let emotion = rules.emotion(of: rule.severity)
        else { return }
        record(
            emotion, Soul.piece, about: entity, .alert, alert.rule, alert.decisionID, of: event,
            into: &outcome)
    }

    private mutating func record(
        _ emotion: Emotion, _ weight: Int64, about entity: String, _ source: Evidence.Source,
        _ origin: String, _ decisionID: String, of event: Event, into outcome: inout Outcome
    ) {
        let halfLife = soulRules.halfLife
        var soul = souls.find(entity) ?? Soul(at: event.at)
        let before = soul.settled(at: event.at, halfLife: halfLife).trust
        soul.record(emotion, weight: weight, at: event.at, halfLife: halfLife)
        keep(
            Evidence(
                entity: entity, at: event.at, kind: .emotion(emotion), weight: weight,
                source: source, origin: origin, decisionID: decisionID,
                eventSequence: event.sequence, before: before, soul: soul), into: &outcome)
    }

    /// Records what a verdict says about the entity it is about (decision 0018).
    ///
    /// Only where rules have decided it, and only about entities that were heard or about which
    /// there is evidence: whoever proposes chooses the name.
    mutating func feel(_ judgement: Judgement, of event: Event, into outcome: inout Outcome) {
        let (rules, record, verdict) = (soulRules, judgement.record, judgement.verdict)
        guard rules.isAutomatic, verdict.isDecidedByRules,
            let emotion = verdict.isApproved ? rules.approved : rules.denied,
            souls.find(record.entity) != nil || entities.find(record.entity) != nil
        else { return }
        var soul = souls.find(record.entity) ?? Soul(at: event.at)
        let before = soul.settled(at: event.at, halfLife: rules.halfLife).trust
        guard soul.recordVerdict(emotion, at: event.at, halfLife: rules.halfLife) else { return }
        keep(
            Evidence(
                entity: record.entity, at: event.at, kind: .emotion(emotion),
                weight: Limits.soulVerdictWeight, source: .verdict, origin: record.route,
                decisionID: record.decisionID,
                eventSequence: event.sequence, before: before, soul: soul), into: &outcome)
    }

    /// Does what a person asks.
    mutating func apply(_ request: SoulRequest, by event: Event, into outcome: inout Outcome) {
        let soul = souls.find(request.entity)
        switch request.change(soul, by: event, halfLife: soulRules.halfLife) {
        case .evidence(let evidence)?: keep(evidence, into: &outcome)
        case .forget(let entity)?:
            guard event.sequence > soulsThrough else { return }
            souls.forget(entity)
            outcome.souls.append(.forget(entity))
        case nil: break
        }
    }

    private mutating func keep(_ evidence: Evidence, into outcome: inout Outcome) {
        guard evidence.eventSequence > soulsThrough else { return }
        var evidence = evidence
        souls.set(evidence.entity, evidence.soul)
        if let slot = entities.find(evidence.entity) {
            let state = entities[slot]
            evidence.heard = state.firstSeen...max(state.firstSeen, state.lastSeen)
        }
        outcome.souls.append(.evidence(evidence))
    }

    /// Begins in the middle of a log whose beginning is no longer kept, with souls of its end.
    ///
    /// Nobody knows what was believed where such a log begins, but a store knows what is believed
    /// now. What is left of the log finds that, and moves it no further: it is in there already.
    ///
    /// - Parameters:
    ///   - sequence: the last event that is gone.
    ///   - stored: the one changed longest ago first.
    ///   - last: the newest event of the log, which is `sequence` where none is left.
    ///   - time: of that one.
    public mutating func begin(
        after sequence: EventSequence, under ruleset: RuleSet?,
        believing stored: [(entity: String, soul: Soul)], asOf last: EventSequence,
        at time: Timestamp
    ) {
        precondition(sequence <= last)
        begin(after: sequence, under: ruleset)
        if sequence == last { now = time }
        for (entity, soul) in stored { souls.set(entity, soul) }
        soulsThrough = last
    }

    /// Every soul that the mind remembers, the one changed longest ago first.
    public func forEachSoul(_ body: (String, Soul) -> Void) { souls.forEachFromOldest(body) }
}

extension Verdict {
    /// Whether what rules have to say has decided it, rather than a default or a failure.
    var isDecidedByRules: Bool {
        veto != nil || (denyingFailure == nil && weightApplied > 0)
    }
}

extension Outcome {
    /// The evidence in it, in order.
    public var evidence: [Evidence] {
        souls.compactMap { change in
            if case .evidence(let evidence) = change { evidence } else { nil }
        }
    }
}
