import Core

/// What becomes of a rule's timer for an entity.
enum WaitChange: Equatable, Sendable {
    case begin(RuleState.Wait, until: Timestamp)
    case stop
}

/// What a message changes about a rule's alert.
struct AlertStep: Equatable, Sendable {
    /// Whether the alert begins or ends now; nil where it stays as it is.
    var isFiring: Bool?
    var wait: WaitChange?
}

extension Rule.Timing {
    /// - Parameters:
    ///   - holds: What `when` gives for a message.
    ///   - wait: What the rule's timer for the entity is set for.
    func step(
        holds: Bool, isFiring: Bool, wait: RuleState.Wait?, raisedAt: Timestamp?, at now: Timestamp
    ) -> AlertStep {
        if let absent {
            guard holds else { return AlertStep() }
            return AlertStep(
                isFiring: isFiring ? false : nil,
                wait: .begin(.absent, until: due(after: absent, raisedAt, at: now)))
        }
        switch (holds, isFiring) {
        case (true, true): return AlertStep(wait: wait == .resolve ? .stop : nil)
        case (true, false):
            if wait == .raise { return AlertStep() }
            let due = due(after: hold, raisedAt, at: now)
            return due <= now
                ? AlertStep(isFiring: true) : AlertStep(wait: .begin(.raise, until: due))
        case (false, true):
            if keepFiring == .zero { return AlertStep(isFiring: false) }
            return wait == .resolve
                ? AlertStep() : AlertStep(wait: .begin(.resolve, until: now + keepFiring))
        case (false, false): return AlertStep(wait: wait == .raise ? .stop : nil)
        }
    }

    /// When the alert is to be raised: not before the cooldown since the last time is over.
    private func due(
        after duration: Duration, _ raisedAt: Timestamp?, at now: Timestamp
    ) -> Timestamp {
        max(now + duration, raisedAt.map { $0 + cooldown } ?? now)
    }
}
