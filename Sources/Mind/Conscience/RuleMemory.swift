import Core

/// What rules keep about entities, by the entity's slot in its table, and their timers.
///
/// Bounded by `Limits.ruleStateBytesMax` for one entity, `Limits.ruleStatesBytesMax` for all and
/// `Limits.timersMax`; the mind forgets entities where it is too much.
struct RuleMemory: Sendable {
    struct TimerKey: Equatable, Sendable {
        var slot: Int
        var rule: Int
    }

    private struct Entity: Sendable {
        /// Ascending by rule.
        var states: [RuleState] = []
        var bytes = 0
    }

    private var entities: [Entity] = []
    private var timers = TimerQueue<TimerKey>()
    /// The sum of the states' own estimates.
    private(set) var bytes = 0
    /// Smaller in tests.
    var bytesMax = Limits.ruleStatesBytesMax
    var entityBytesMax = Limits.ruleStateBytesMax
    var timersMax: Int {
        get { timers.countMax }
        set { timers.countMax = newValue }
    }

    var nextDue: Timestamp? { timers.nextDue }
    var timerCount: Int { timers.count }
    var isOverfull: Bool { bytes > bytesMax }

    /// Ascending by rule; empty for an entity that no rule keeps anything about.
    func states(of slot: Int?) -> [RuleState] {
        guard let slot, slot < entities.count else { return [] }
        return entities[slot].states
    }

    func sites(of rule: Int, slot: Int?) -> [SiteState] {
        guard let slot, slot < entities.count else { return [] }
        let states = entities[slot].states
        let place = states.firstPlace { $0.rule >= rule }
        return place < states.count && states[place].rule == rule ? states[place].sites : []
    }

    /// Changes a state in place, made where there is none, dropped where nothing is left in it.
    mutating func update(_ rule: Int, of slot: Int, _ change: (inout RuleState) -> Void) {
        while entities.count <= slot { entities.append(Entity()) }
        let place = entities[slot].states.firstPlace { $0.rule >= rule }
        let isThere =
            place < entities[slot].states.count && entities[slot].states[place].rule == rule
        if !isThere { entities[slot].states.insert(RuleState(rule: rule), at: place) }
        let before = isThere ? entities[slot].states[place].estimatedBytes : 0
        change(&entities[slot].states[place])
        var after = entities[slot].states[place].estimatedBytes
        if entities[slot].states[place].isEmpty {
            entities[slot].states.remove(at: place)
            after = 0
        }
        entities[slot].bytes += after - before
        bytes += after - before
    }

    /// Takes samples into the windows of a rule, one for each site.
    ///
    /// - Returns: false where the entity has too much: the rule's windows are empty then.
    mutating func add(
        _ samples: [Sample?], to rule: Int, kinds: [Rule.Site.Kind], of slot: Int,
        at time: Timestamp
    ) -> Bool {
        update(rule, of: slot) { state in
            if state.sites.isEmpty { state.sites = kinds.map(SiteState.init) }
            for (index, sample) in samples.enumerated() where index < state.sites.count {
                if let sample { state.sites[index].add(sample, at: time) }
            }
        }
        guard entities[slot].bytes > entityBytesMax else { return true }
        update(rule, of: slot) { $0.sites = [] }
        return false
    }

    /// Sets a rule's timer for an entity, or moves it.
    ///
    /// - Returns: false where too many are set.
    mutating func wait(
        _ wait: RuleState.Wait, until due: Timestamp, _ key: TimerKey, route: Int, topic: String
    ) -> Bool {
        var isSet = true
        var timers = timers
        self.timers = TimerQueue()
        update(key.rule, of: key.slot) { state in
            if let timer = state.timer {
                timers.reschedule(timer.handle, at: due)
                state.timer?.wait = wait
                state.timer?.route = route
                state.timer?.topic = topic
            } else if let handle = timers.schedule(key, at: due) {
                state.timer = .init(wait: wait, handle: handle, route: route, topic: topic)
            } else {
                isSet = false
            }
        }
        self.timers = timers
        return isSet
    }

    /// Takes away a rule's timer for an entity.
    mutating func stopWaiting(_ key: TimerKey) {
        var handle: TimerQueue<TimerKey>.Handle?
        update(key.rule, of: key.slot) { state in
            handle = state.timer?.handle
            state.timer = nil
        }
        if let handle { timers.cancel(handle) }
    }

    /// Takes the first timer that is due away, and tells what it was set for.
    mutating func nextFired(
        at now: Timestamp
    ) -> (key: TimerKey, timer: RuleState.Timer, due: Timestamp)? {
        guard let (key, due) = timers.next(at: now) else { return nil }
        var timer: RuleState.Timer?
        update(key.rule, of: key.slot) { state in
            timer = state.timer
            state.timer = nil
        }
        guard let timer else { preconditionFailure("a state has what its timer is for") }
        return (key, timer, due)
    }

    /// Forgets all about an entity.
    mutating func forget(_ slot: Int) {
        guard slot < entities.count else { return }
        for state in entities[slot].states {
            if let timer = state.timer { timers.cancel(timer.handle) }
        }
        bytes -= entities[slot].bytes
        entities[slot] = Entity()
    }

    /// Every timer in the order in which they fire.
    var waiting: [(key: TimerKey, due: Timestamp)] { timers.ordered }

    /// Gives rules their places in another set.
    ///
    /// - Parameters:
    ///   - rules: The new place of each rule; what is kept for the others is dropped.
    ///   - routes: The new place of each route of a rule, by both old places; timers of the others
    ///     are dropped.
    mutating func renumber(
        rules: (Int) -> Int?, routes: (_ rule: Int, _ route: Int) -> Int?
    ) {
        let old = self
        entities = Array(repeating: Entity(), count: old.entities.count)
        timers = TimerQueue()
        timers.countMax = old.timers.countMax
        bytes = 0
        for (slot, entity) in old.entities.enumerated() {
            for state in entity.states {
                guard let rule = rules(state.rule) else { continue }
                update(rule, of: slot) { new in
                    new = state
                    new.rule = rule
                    new.timer = nil
                }
            }
        }
        for (key, due) in old.waiting {
            let state = old.states(of: key.slot).first { $0.rule == key.rule }
            guard let timer = state?.timer, let rule = rules(key.rule),
                let route = routes(key.rule, timer.route)
            else { continue }
            // There is room: it had one before.
            _ = wait(
                timer.wait, until: due, TimerKey(slot: key.slot, rule: rule), route: route,
                topic: timer.topic)
        }
    }
}
