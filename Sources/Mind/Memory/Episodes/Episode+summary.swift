import Core

extension Episode {
    /// One that came before counts once more; a further one is counted only.
    mutating func add(_ trigger: Trigger) {
        let place = triggers.firstIndex { $0.kind == trigger.kind && $0.name == trigger.name }
        if let place {
            triggers[place].count += 1
            triggers[place].until = trigger.until
        } else if triggers.count < Limits.episodeTriggersMax {
            triggers.append(trigger)
        } else {
            furtherTriggers += 1
        }
    }

    /// An alert ceased to hold.
    mutating func end(_ rule: String, at now: Timestamp) {
        let place = triggers.firstIndex { $0.kind == .alert && $0.name == rule }
        if let place { triggers[place].until = now }
    }

    mutating func raise(to other: Rule.Severity) {
        guard let own = Rule.Severity(rawValue: severity), own < other else { return }
        severity = other.rawValue
    }

    var importance: Double { Rule.Severity(rawValue: severity)?.importance ?? 0.5 }

    /// What a memory of it is found by.
    var tags: [String] {
        var tags = ["episode", severity]
        for trigger in triggers where tags.count < Limits.memoryTagsMax {
            let isTag = (1...Limits.memoryTagCharactersMax).contains(trigger.name.count)
            if isTag, !tags.contains(where: { $0.hasSameBytes(as: trigger.name) }) {
                tags.append(trigger.name)
            }
        }
        return tags
    }

    /// One text for a person: how long it lasted, what was wrong, and what changed.
    ///
    /// ```
    /// 3m5s: overheat for 2m10s (spindle at 93.1); press-commands denied 2 times (start: denied by
    /// no-harm: too hot). temp 71.2 → 93.1, vib 2.1 → 8.2
    /// ```
    var summary: String {
        let end = endedAt ?? openedAt
        var said = triggers.map { $0.summary(untilAtLatest: end) }
        if furtherTriggers > 0 { said.append("and \(furtherTriggers) more") }
        var text = (end - openedAt).brief + ": " + said.joined(separator: "; ")
        let changed = changes.compactMap(\.summary)
        if !changed.isEmpty { text += ". " + changed.joined(separator: ", ") }
        return text.bounded(to: Limits.memoryContentBytesMax - "…".utf8.count)
    }
}

extension Episode.Trigger {
    fileprivate func summary(untilAtLatest end: Timestamp) -> String {
        let times = count > 1 ? " \(count) times" : ""
        let said = message.isEmpty ? "" : " (\(message))"
        switch kind {
        case .alert:
            return "\(name)\(times) for \(((until ?? end) - since).brief)\(said)"
        case .denial:
            return "\(name) denied\(times)\(said)"
        }
    }
}

extension Episode.Change {
    /// nil where nothing changed.
    fileprivate var summary: String? {
        guard let after, after != before else { return nil }
        return "\(field) \(Self.brief(before)) → \(Self.brief(after))"
    }

    /// As JSON has it, without the fraction of a whole number.
    private static func brief(_ value: Double) -> String {
        String(decoding: JSONValue.number(JSONNumber(value)).encoded(), as: UTF8.self)
    }
}

extension Duration {
    /// Whole seconds from 10 s on, else milliseconds.
    fileprivate var brief: String {
        let milliseconds = max(0, microseconds / 1_000)
        guard milliseconds >= 10_000 else { return Duration.milliseconds(milliseconds).text }
        return Duration.seconds(milliseconds / 1_000).text
    }
}
