import Core

@testable import Agent
@testable import Broker

/// What happens to the agent, and when all is well again.
extension SimWorld {
    /// Lives a number of steps full of faults, then one without.
    func run(steps: Int) throws {
        for step in 0..<steps {
            trace("-- \(step)")
            try live()
        }
        try recover()
        try drain()
        if random.chance(15) { try end() }
        // A ninth, evenly among the chunks: each takes as long as the life itself.
        if seed.isMultiple(of: 9) { try replay() }
    }

    private func live() throws {
        for _ in 0..<random.below(4) {
            let message = devices.next(&random)
            trace("publish \(message.topic) \(String(decoding: message.payload, as: UTF8.self))")
            broker.publish(message)
        }
        if random.chance(70) { broker.read(random.chance(70) ? .max : random.below(5)) }
        passTime()
        switch random.below(100) {
        case 0..<12:
            link?.plan = random.pick(ScriptedLink.Break.allCases)
            trace("planned: \(String(describing: link?.plan))")
        case 12..<16: try changeRules()
        case 16..<20: changeDisk()
        case 20..<23: try kill()
        case 23..<28:
            doom = random.pick(Doom.allCases)
            trace("doomed: \(String(describing: doom))")
        case 28, 29: restartBroker()
        case 30: try restart()
        case 31: broker.isReachable.toggle()
        case 32..<36: changeToken()
        default: break
        }
        try turn()
    }

    private func passTime() {
        switch random.below(100) {
        case 0..<60: clock.advance(.milliseconds(random.below(400)))
        case 60..<85: jump()
        case 85..<88: clock.advance(.seconds(25 * 3_600))
        case 88..<90: clock.step(.seconds(-random.below(7_200)))
        case 90: clock.step(.seconds(random.below(7_200)))
        default: break
        }
    }

    /// To the moment at which the agent itself wants to be called.
    private func jump() {
        guard let agent else { return }
        let ahead = agent.deadline - clock.monotonic()
        clock.advance(min(max(ahead, .milliseconds(10)), .seconds(400)))
    }

    private func changeRules() throws {
        let choice = random.pick(SimRules.Choice.allCases)
        trace("rules \(choice)")
        rules.choose(choice)
        agent?.reload()
        // A kill in the middle of it shows at the next turn.
    }

    private func changeDisk() {
        if isDiskBroken {
            trace("the disk works")
            disk.heal()
        } else if random.chance(50) {
            trace("the disk is full")
            // A retry that still finds room would be right to succeed.
            let isTried = agent?.storeState != .working
            disk.fill(afterWrites: isTried ? 0 : random.below(4))
        } else {
            trace("the disk fails to sync")
            disk.failSyncs()
        }
        isDiskBroken.toggle()
    }

    /// A new one that is good for ever, that soon ends, that is over, that has not begun, or that
    /// is none.
    private func changeToken() {
        let now = clock.now()
        let text =
            switch random.below(10) {
            case 0: TestToken.text(expiry: now + .seconds(-1))
            case 1: TestToken.text(expiry: now + .seconds(random.below(120)))
            case 2: "no token"
            case 3:
                TestToken.text(expiry: .latest, start: now + .seconds(random.below(200)))
            default: newToken()
            }
        trace("the token is another")
        password.write(text)
    }

    /// No two are alike.
    private func newToken() -> String {
        TestToken.text(expiry: .latest, signature: "\(random.next())")
    }

    private func restartBroker() {
        let isKept = random.chance(60)
        trace("the broker restarts, \(isKept ? "with" : "without") its sessions")
        if !isKept { ledger.forgotten += 1 }
        broker.restart(keepingSession: isKept)
    }

    // MARK: All is well

    /// Ends every fault.
    private func recover() throws {
        trace("-- recovery")
        doom = nil
        link?.plan = nil
        disk.heal()
        isDiskBroken = false
        broker.isReachable = true
        broker.refusedPrefix = nil
        if broker.refusesSubscriptions {
            broker.refusesSubscriptions = false
            ledger.forgotten += 1
            broker.restart(keepingSession: false)
        }
        rules.choose(.first)
        password.write(newToken())
        // What is no token is not looked at by itself: a person has to say that it is another.
        if agent?.token.times == nil { agent?.rereadPassword() }
        for _ in 0..<100 where agent?.storeState != .working {
            jump()
            try turn()
        }
        agent?.reload()
    }

    /// Turns until nothing is left to do.
    private func drain() throws {
        var missing = ""
        for _ in 0..<600 {
            broker.read(.max)
            try turn()
            broker.read(.max)
            try check()
            guard let agent else { throw SimFailure("there is no agent") }
            guard let reason = unrest(agent) else { return try ledger.checkEnd(agent, broker) }
            missing = reason
            if broker.toClient.isEmpty, broker.wire.isEmpty {
                jump()
            } else {
                clock.advance(.milliseconds(10))
            }
        }
        throw SimFailure("without faults the agent does not come to rest: \(missing)")
    }

    /// Why not all is done yet.
    private func unrest(_ agent: Agent) -> String? {
        if agent.storeState != .working { return "the store is \(agent.storeState)" }
        if agent.life.status.state != .up { return "the link is \(agent.life.status.state)" }
        if agent.life.staleSubscriptions != nil { return "the subscriptions are not confirmed" }
        if !broker.waiting.isEmpty || !broker.inFlight.isEmpty {
            return "the broker keeps \(broker.waiting.count) and \(broker.inFlight.count) messages"
        }
        if agent.store.outboxDepth > 0 { return "the outbox holds \(agent.store.outboxDepth)" }
        if link?.shown != Array(password.text.utf8) { return "the broker was not shown the token" }
        // Where a CONNACK that told of a new session was lost, only the missing echo tells of it.
        let missing = agent.subscribed.filters.first { broker.filters[$0.text] == nil }
        if let missing { return "the broker does not know \(missing.text)" }
        if agent.vitals.isContradicted { return "a lie is not corrected" }
        if agent.vitals.state != .online {
            return "it is \(agent.vitals.state): \(agent.vitals.reason ?? "")"
        }
        return nil
    }

    /// Stops for good: the last word is `offline`, and the store is whole.
    private func end() throws {
        try stop()
        broker.read(.max)
        guard ledger.status(broker).contains(#""status":"offline""#) else {
            throw SimFailure("after the stop the status is \(ledger.status(broker))")
        }
        try start()
    }
}
