import Core
import Crypto

extension Mind.Settings {
    /// What the log keeps of the name of an entity that was forgotten: SHA-256 of the log's id, a
    /// zero byte and the name, in hexadecimal (decision 0020).
    public func forgottenDigest(of entity: String) -> String {
        var hash = SHA256()
        hash.update(data: Array(logID.utf8) + [0])
        hash.update(data: Array(entity.utf8))
        return Hexadecimal.text(of: Array(hash.finalize()))
    }
}

extension Mind {
    /// Drops everything about the entity whose name has this digest, as if it had never been heard.
    ///
    /// Nothing is decided: that would be a new trace. Its alerts are counted as resolved, and what
    /// the broker keeps of them is cleared; where the events about it were erased already, there is
    /// nothing to clear.
    mutating func forget(digest: String, into outcome: inout Outcome) {
        let settings = self.settings
        var names: [ExactText: Bool] = [:]
        func isAbout(_ name: String) -> Bool {
            let key = ExactText(name)
            if let known = names[key] { return known }
            let isAbout = settings.forgottenDigest(of: name) == digest
            names[key] = isAbout
            return isAbout
        }
        if let slot = entities.slot(where: isAbout) {
            for alert in entities.firing(of: slot) {
                let name = entities[slot].name
                ruleCounts[alert.ruleIndex].resolved += 1
                outcome.alertsDropped += 1
                outcome.clear(settings.alertTopic(rule: alert.rule, entity: name))
            }
            drop(slot)
        }
        for topic in alerts.forgetPending(where: { isAbout(settings.entity(ofAlertTopic: $0)) }) {
            outcome.clear(topic)
        }
        if let slot = proposed.slot(where: isAbout) { dropProposed(slot) }
        for entry in episodes.ordered where isAbout(entry.episode.entity) {
            _ = episodes.take(entry.episode.entity)
        }
        if sequence > soulsThrough { souls.forget(where: isAbout) }
        fullEntities = fullEntities.filter { !isAbout($0.text) }
        // Topics and the places found for them are known again at the next message.
        router = Router(ruleset, settings)
        slots = SlotHints()
    }
}

extension Mind {
    /// Drops what is known of an entity that was heard, without telling of its open minute.
    mutating func drop(_ slot: Int) {
        alerts.forget(firing: entities.firing(of: slot).count)
        memory.forget(slot)
        baselines.forget(slot)
        var dropped: [RollUp] = []
        rollUps.forget(slot, "", at: now, into: &dropped)
        entities.forget(slot)
    }

    /// Drops what rules keep about an entity that something was proposed to.
    mutating func dropProposed(_ slot: Int) {
        proposedMemory.forget(slot)
        proposed.forget(slot)
    }
}

extension Mind.Settings {
    /// The entity that an alert's topic was made for.
    func entity(ofAlertTopic topic: String) -> String {
        let level = topic.utf8.lastIndex(of: UInt8(ascii: "/")).map { topic.utf8.index(after: $0) }
        return topic[(level ?? topic.startIndex)...].fromTopicLevel
    }
}

extension Outcome {
    fileprivate mutating func clear(_ topic: String) {
        publications.append(Publication(topic: topic, payload: [], retain: true))
    }
}
