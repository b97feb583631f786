import Core

/// An alert that holds: a rule's `when` is true for an entity.
struct FiringAlert: Equatable, Sendable {
    /// The rule's place in the active set; found anew by name when another set takes effect.
    var ruleIndex: Int
    var rule: String
    var since: Timestamp
    var decisionID: String
}

/// Alerts in number, and the resolved ones whose retained message is still to be cleared.
struct AlertBoard: Equatable, Sendable {
    /// A resolved alert's topic, to be cleared when its time has come.
    struct Resolved: Equatable, Sendable {
        var due: Timestamp
        var topic: String
    }

    private(set) var firingCount = 0
    /// In the order of their due times, since all are kept equally long.
    private var queue: [Resolved] = []
    private var queueHead = 0
    /// The newest due time of each topic in the queue; absent when it fires again.
    private var dueOf: [String: Timestamp] = [:]

    var isFull: Bool { firingCount >= Limits.alertsMax }
    /// What is still to be cleared, without what fires again.
    var pending: [Resolved] { queue[queueHead...].filter { dueOf[$0.topic] == $0.due } }
    var nextDue: Timestamp? { queueHead < queue.count ? queue[queueHead].due : nil }

    mutating func raised(_ topic: String) {
        firingCount += 1
        dueOf[topic] = nil
    }

    /// - Returns: the topic that must be cleared at once because too many wait already.
    mutating func resolved(_ topic: String, at: Timestamp) -> String? {
        firingCount -= 1
        return wait(Resolved(due: at + Limits.resolvedAlertRetention, topic: topic))
    }

    /// Restores what a checkpoint held.
    mutating func restore(firingCount: Int, pending: [Resolved]) {
        self = AlertBoard()
        self.firingCount = firingCount
        for entry in pending { _ = wait(entry) }
    }

    /// Takes the next topic whose time has come, skipping those that fire again.
    mutating func nextCleared(at now: Timestamp) -> Resolved? {
        while queueHead < queue.count, queue[queueHead].due <= now {
            if let entry = takeFirst() { return entry }
        }
        return nil
    }

    private mutating func wait(_ entry: Resolved) -> String? {
        dueOf[entry.topic] = entry.due
        queue.append(entry)
        guard queue.count - queueHead > Limits.alertsMax else { return nil }
        return takeFirst()?.topic
    }

    private mutating func takeFirst() -> Resolved? {
        let entry = queue[queueHead]
        queueHead += 1
        if queueHead > 1_024, queueHead * 2 > queue.count {
            queue.removeFirst(queueHead)
            queueHead = 0
        }
        guard dueOf[entry.topic] == entry.due else { return nil }
        dueOf[entry.topic] = nil
        return entry
    }
}
