import Core

/// An alert that holds: a rule's `when` is true for an entity.
struct FiringAlert: Equatable, Sendable {
    /// The rule's place in the active set; found anew by name when another set takes effect.
    var ruleIndex: Int
    var rule: String
    /// Of the rule when it began; the rule may be gone when it ends.
    var severity: Rule.Severity
    /// The route whose message began it; messages of that route can end it.
    var route: String
    var since: Timestamp
    var decisionID: String
}

/// Alerts in number, and the resolved ones whose retained message is still to be cleared.
struct AlertBoard: Sendable {
    /// A resolved alert's topic, to be cleared when its time has come.
    struct Resolved: Equatable, Sendable {
        var due: Timestamp
        var topic: String
    }

    private struct Waiting: Sendable {
        var resolved: Resolved
        var serial: Int
        /// False since it fires again.
        var isCurrent = true
    }

    private(set) var firingCount = 0
    /// In the order of their due times, since all are kept equally long, and of their serials.
    private var queue: [Waiting] = []
    private var queueHead = 0
    private var serial = 0
    /// The newest entry of each topic that waits; absent when it fires again.
    private var serialOf: [ExactText: Int] = [:]
    /// Smaller in tests.
    var countMax = Limits.alertsMax

    var isFull: Bool { firingCount >= countMax }
    /// What is still to be cleared, without what fires again.
    var pending: [Resolved] { queue[queueHead...].filter(\.isCurrent).map(\.resolved) }
    /// Never of an entry that no longer counts, so that a restored board has the same.
    var nextDue: Timestamp? { queueHead < queue.count ? queue[queueHead].resolved.due : nil }

    mutating func raised(_ topic: String) {
        firingCount += 1
        if let serial = serialOf.removeValue(forKey: ExactText(topic)) { outdate(serial) }
    }

    /// - Returns: the topic that must be cleared at once because too many wait already.
    mutating func resolved(_ topic: String, at: Timestamp) -> String? {
        firingCount -= 1
        return wait(Resolved(due: at + Limits.resolvedAlertRetention, topic: topic))
    }

    /// Takes away alerts that fire, about an entity that is forgotten.
    mutating func forget(firing count: Int) { firingCount -= count }

    /// Takes away topics that wait to be cleared.
    /// - Returns: them, in the order of their due times.
    mutating func forgetPending(where isWanted: (String) -> Bool) -> [String] {
        let topics = pending.map(\.topic).filter(isWanted)
        for topic in topics {
            if let serial = serialOf.removeValue(forKey: ExactText(topic)) { outdate(serial) }
        }
        return topics
    }

    /// Restores what a checkpoint held.
    mutating func restore(firingCount: Int, pending: [Resolved]) {
        self.firingCount = firingCount
        for entry in pending { _ = wait(entry) }
    }

    /// Takes the next topic whose time has come.
    mutating func nextCleared(at now: Timestamp) -> Resolved? {
        guard let due = nextDue, due <= now else { return nil }
        return takeFirst()
    }

    /// The bound is on topics that wait, not on entries, which a restored board has fewer of.
    private mutating func wait(_ entry: Resolved) -> String? {
        serial += 1
        let earlier = serialOf.updateValue(serial, forKey: ExactText(entry.topic))
        queue.append(Waiting(resolved: entry, serial: serial))
        if let earlier { outdate(earlier) }
        return serialOf.count > countMax ? takeFirst()?.topic : nil
    }

    private mutating func takeFirst() -> Resolved? {
        guard queueHead < queue.count else { return nil }
        let entry = queue[queueHead].resolved
        queueHead += 1
        serialOf[ExactText(entry.topic)] = nil
        dropOutdated()
        return entry
    }

    private mutating func outdate(_ serial: Int) {
        let place = queue.firstPlace { $0.serial >= serial }
        precondition(place < queue.count && queue[place].serial == serial)
        queue[place].isCurrent = false
        dropOutdated()
    }

    /// The first entry always counts; the others that do not are at most as many as those that do.
    private mutating func dropOutdated() {
        while queueHead < queue.count, !queue[queueHead].isCurrent { queueHead += 1 }
        guard queue.count > 1_024, queue.count > serialOf.count * 2 else { return }
        queue = queue[queueHead...].filter(\.isCurrent)
        queueHead = 0
    }
}
