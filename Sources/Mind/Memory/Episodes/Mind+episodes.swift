import Core

extension Mind {
    /// An alert began: it opens an episode of its entity, or becomes part of the one that is open.
    ///
    /// Called before the message that raised it is taken into working memory.
    mutating func enterEpisode(
        _ alert: FiringAlert, of entity: String, saying message: String, by event: Event,
        into outcome: inout Outcome
    ) {
        let trigger = Episode.Trigger(
            kind: .alert, name: alert.rule, decisionID: alert.decisionID,
            message: message.bounded(to: Limits.episodeMessageBytesMax), since: alert.since)
        guard episodes.has(entity) else {
            let policy = ruleset?.episodes ?? EpisodePolicy()
            guard alert.severity >= policy.severity else { return }
            open(
                trigger, of: entity, alert.severity, firing: [alert.decisionID], by: event,
                into: &outcome)
            return
        }
        episodes.update(entity) { entry in
            entry.firing.append(alert.decisionID)
            entry.episode.endedAt = nil
            entry.episode.raise(to: alert.severity)
            entry.episode.add(trigger)
        }
        episodes.keepOpen(entity)
    }

    /// An alert ceased. With the last one the follow-up begins.
    mutating func leaveEpisode(_ alert: FiringAlert, of entity: String, at now: Timestamp) {
        var isLast = false
        episodes.update(entity) { entry in
            // One that was too slight to open it, and held before, is none of its alerts.
            guard let place = entry.firing.firstIndex(of: alert.decisionID) else { return }
            entry.firing.remove(at: place)
            entry.episode.end(alert.rule, at: now)
            isLast = entry.firing.isEmpty
            if isLast { entry.episode.endedAt = now }
        }
        if isLast { endEpisode(of: entity, at: now) }
    }

    /// A proposal about an entity that was heard was denied.
    ///
    /// What is proposed about others opens none: anybody can make up names.
    mutating func enterEpisode(
        _ record: VerdictRecord, by event: Event, into outcome: inout Outcome
    ) {
        guard !record.verdict.isApproved else { return }
        let what = record.action.map { "\($0): " } ?? ""
        let trigger = Episode.Trigger(
            kind: .denial, name: record.route, decisionID: record.decisionID,
            message: (what + record.verdict.explanation).bounded(
                to: Limits.episodeMessageBytesMax),
            since: event.at, until: event.at)
        if let entry = episodes.entry(of: record.entity) {
            episodes.update(record.entity) { entry in
                entry.episode.add(trigger)
                if entry.firing.isEmpty { entry.episode.endedAt = event.at }
            }
            if entry.firing.isEmpty { endEpisode(of: record.entity, at: event.at) }
        } else if entities.find(record.entity) != nil {
            open(trigger, of: record.entity, .info, firing: [], by: event, into: &outcome)
        }
    }

    private mutating func open(
        _ trigger: Episode.Trigger, of entity: String, _ severity: Rule.Severity, firing: [String],
        by event: Event, into outcome: inout Outcome
    ) {
        let policy = ruleset?.episodes ?? EpisodePolicy()
        guard policy.isEnabled else { return }
        guard !episodes.isFull else {
            if !saidTooManyEpisodes { outcome.rejections.append(.tooManyEpisodes) }
            saidTooManyEpisodes = true
            return
        }
        let slot = entities.find(entity)
        let runUp = event.at + (Duration.zero - policy.runUp)
        let episode = Episode(
            entity: entity, decisionID: trigger.decisionID, eventSequence: event.sequence,
            openedAt: event.at, runUpFrom: runUp, followUp: policy.followUp,
            severity: severity.rawValue, triggers: [trigger],
            changes: judgesOnly ? [] : slot.map { entities[$0].numbers } ?? [],
            endedAt: firing.isEmpty ? event.at : nil)
        episodes.begin(EpisodeBoard.Entry(episode, firing: firing))
        outcome.episodes.append(.opened(episode))
        if firing.isEmpty { endEpisode(of: entity, at: event.at) }
    }

    /// Nothing of it holds any longer: the follow-up begins, or begins anew.
    ///
    /// There are as many timers as episodes, so there is always one more.
    private mutating func endEpisode(of entity: String, at now: Timestamp) {
        guard let followUp = episodes.entry(of: entity)?.episode.followUp else { return }
        let isSet = episodes.close(entity, at: now + followUp)
        precondition(isSet)
    }

    /// Closes an episode whose entity is forgotten: nothing more will be heard of it.
    mutating func closeEpisode(of entity: String, by event: Event, into outcome: inout Outcome) {
        guard episodes.has(entity), let episode = episodes.take(entity) else { return }
        close(episode, by: event, into: &outcome)
    }

    /// Closes the next episode whose follow-up is over.
    mutating func closeNextEpisode(by event: Event, into outcome: inout Outcome) -> Bool {
        guard let (episode, due) = episodes.nextClosed(at: event.at) else { return false }
        outcome.isRecorded = true
        let moment = Event(sequence: event.sequence, at: due, body: .tick)
        close(episode, by: moment, into: &outcome)
        return true
    }

    private mutating func close(
        _ closed: Episode, by event: Event, into outcome: inout Outcome
    ) {
        guard !judgesOnly else { return }
        var episode = closed
        if episode.endedAt == nil { episode.endedAt = event.at }
        let now = entities.find(episode.entity).map { entities[$0].fields }
        for place in episode.changes.indices {
            episode.changes[place].after = now?[episode.changes[place].field]?.double
        }
        let summary = episode.summary
        outcome.episodes.append(.closed(episode, at: event.at, summary: summary))
        outcome.memories.append(
            Memory(
                layer: .episodic, entity: episode.entity, at: event.at, content: summary,
                tags: episode.tags, rule: "", decisionID: episode.decisionID,
                eventSequence: event.sequence, importance: episode.importance))
    }
}

extension Memory {
    /// Whether it sums up an episode, which nothing asked for in so many words.
    var isSummary: Bool { rule.isEmpty && !decisionID.isEmpty }
}

extension Rule.Severity: Comparable {
    public static func < (one: Self, other: Self) -> Bool { one.rank < other.rank }

    /// Of what comes of an alert: it decides how long that is remembered.
    var importance: Double {
        switch self {
        case .info: 0.3
        case .warning: 0.6
        case .critical: 0.9
        }
    }

    private var rank: Int {
        switch self {
        case .info: 0
        case .warning: 1
        case .critical: 2
        }
    }
}

extension EntityState {
    /// The numeric fields of working memory, as an episode keeps them.
    fileprivate var numbers: [Episode.Change] {
        var numbers: [Episode.Change] = []
        for member in fields.members where numbers.count < Limits.episodeFieldsMax {
            guard let value = member.value.double, value.isFinite,
                member.name.utf8.count <= Limits.episodeFieldBytesMax
            else { continue }
            numbers.append(Episode.Change(field: member.name, before: value))
        }
        return numbers
    }
}

extension Rejection {
    static let tooManyEpisodes = Rejection(
        code: "TOO_MANY_EPISODES",
        message: "no episode was opened: \(Limits.episodesOpenMax) are open already; told once "
            + "until the rules change",
        component: "memory", severity: .error)
}
