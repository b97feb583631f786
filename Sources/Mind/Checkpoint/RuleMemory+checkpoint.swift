import Core

extension CheckpointEncoder {
    /// What rules keep about one entity, without the timers.
    mutating func states(_ states: [RuleState]) {
        count(states.count)
        for state in states {
            count(state.rule)
            byte(state.raisedAt == nil ? 0 : 1)
            if let raisedAt = state.raisedAt { time(raisedAt) }
            count(state.sites.count)
            for site in state.sites {
                switch site {
                case .window(let window): window.encode(to: &self)
                case .changed(let value):
                    byte(value == nil ? 0 : 1)
                    if let value { data(value) }
                }
            }
        }
    }

    /// What rules keep about the entities of a table, in the order of its forgetting.
    mutating func memory(_ memory: RuleMemory, of entities: EntityTable) {
        var places: [Int: Int] = [:]
        entities.forEachFromOldest { slot, _ in
            places[slot] = places.count
            states(memory.states(of: slot))
        }
        let waiting = memory.waiting
        count(waiting.count)
        for (key, due) in waiting {
            let state = memory.states(of: key.slot).first { $0.rule == key.rule }
            guard let place = places[key.slot], let timer = state?.timer else {
                preconditionFailure("timers are of states of entities")
            }
            count(place)
            count(key.rule)
            time(due)
            byte(timer.wait.rawValue)
            count(timer.route)
            text(timer.topic)
        }
    }
}

extension CheckpointDecoder {
    /// - Parameters:
    ///   - entities: A restored table, whose slots stand in the order of its forgetting.
    ///   - isActive: Whether a rule acts on a route of the active set.
    mutating func memory(
        of entities: EntityTable, _ ruleset: RuleSet?, isActive: (_ route: Int, _ rule: Int) -> Bool
    ) throws(CheckpointError) -> RuleMemory {
        let rules = ruleset?.rules ?? []
        var memory = RuleMemory()
        for slot in 0..<entities.count {
            var last = -1
            for _ in 0..<(try count()) {
                let state = try state(of: rules, after: last)
                last = state.rule
                memory.update(state.rule, of: slot) { $0 = state }
            }
        }
        for _ in 0..<(try count()) {
            let (slot, rule) = (try size(), try size())
            let (due, wait) = (try time(), RuleState.Wait(rawValue: try byte()))
            let (route, topic) = (try size(), try text())
            guard slot < entities.count, rules.indices.contains(rule), let wait,
                isActive(route, rule),
                memory.states(of: slot).first(where: { $0.rule == rule })?.timer == nil
            else { throw damaged }
            let key = RuleMemory.TimerKey(slot: slot, rule: rule)
            guard memory.wait(wait, until: due, key, route: route, topic: topic) else {
                throw damaged
            }
        }
        return memory
    }

    private mutating func state(
        of rules: [Rule], after last: Int
    ) throws(CheckpointError) -> RuleState {
        let index = try size()
        guard rules.indices.contains(index), index > last else { throw damaged }
        var state = RuleState(rule: index)
        if try byte() != 0 { state.raisedAt = try time() }
        let sites = rules[index].sites
        let siteCount = try size()
        guard siteCount == 0 || siteCount == sites.count else { throw damaged }
        for site in sites.prefix(siteCount) {
            switch site.kind {
            case .window(let plan): state.sites.append(.window(try Window(plan, from: &self)))
            case .changed: state.sites.append(.changed(try byte() == 0 ? nil : try data()))
            }
        }
        return state
    }
}
