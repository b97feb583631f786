import Core

/// What a mind can do that knows some of the entities only (`EntityLanes`).
extension Mind {
    /// Drops all entities but some, without concluding anything.
    public mutating func keepOnly(_ isKept: (String) -> Bool) {
        var dropped: [Int] = []
        entities.forEachFromOldest { slot, state in
            if !isKept(state.name) { dropped.append(slot) }
        }
        for slot in dropped { drop(slot) }
        let settings = self.settings
        _ = alerts.forgetPending { !isKept(settings.entity(ofAlertTopic: $0)) }
        dropped = []
        proposed.forEachFromOldest { slot, state in
            if !isKept(state.name) { dropped.append(slot) }
        }
        for slot in dropped { dropProposed(slot) }
        for entry in episodes.ordered where !isKept(entry.episode.entity) {
            _ = episodes.take(entry.episode.entity)
        }
        var names: [String] = []
        souls.forEachFromOldest { name, _ in if !isKept(name) { names.append(name) } }
        for name in names { souls.forget(name) }
        slots = SlotHints()
    }

    /// When a rule's timer falls due next: until then `skip` leaves nothing out.
    public var nextRuleTimer: Timestamp? { memory.nextDue }

    /// Lets events pass that are about others.
    /// - Parameters:
    ///   - sequence: the last of them.
    ///   - time: of that one.
    public mutating func skip(through sequence: EventSequence, at time: Timestamp) {
        precondition(sequence >= self.sequence)
        self.sequence = sequence
        now = time
    }

    /// Lets one event pass that is about others, or about nobody: the timers that it finds due
    /// fire.
    /// - Returns: what they led to, and how many they were.
    public mutating func letPass(_ event: Event) -> (outcome: Outcome, fired: Int) {
        precondition(event.sequence == sequence + 1)
        var outcome = Outcome(isRecorded: true)
        var fired = 0
        while fireNext(before: event, into: &outcome) { fired += 1 }
        skip(through: event.sequence, at: event.at)
        return (outcome, fired)
    }

    /// Whether of everything that is bounded for all entities together at most this share is used:
    /// so many minds then meet no bound that one for all would not meet, and the other way round.
    /// - Parameter lanes: the share is one divided by this.
    public func isWithin(share lanes: Int) -> Bool {
        entities.isWithin(share: lanes) && proposed.isWithin(share: lanes)
            && souls.count * lanes < souls.countMax
            && alerts.firingCount * lanes < alerts.countMax
            && memory.isWithin(share: lanes) && proposedMemory.isWithin(share: lanes)
            && baselines.bytes * lanes <= baselines.bytesMax
            && rollUps.bytes * lanes <= rollUps.bytesMax
    }
}

extension EntityTable {
    fileprivate func isWithin(share lanes: Int) -> Bool {
        count * lanes <= countMax && bytes * lanes <= bytesMax
    }
}

extension RuleMemory {
    fileprivate func isWithin(share lanes: Int) -> Bool {
        bytes * lanes <= bytesMax && timerCount * lanes < timersMax
    }
}
