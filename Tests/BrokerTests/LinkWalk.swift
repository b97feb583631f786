import Core
import TestSupport

@testable import Broker

/// A life, its clock, and a generator that is always the same.
struct LinkWalk {
    var life = LinkLife(echoInterval: .seconds(30))
    var now = MonotonicTime(microseconds: 1_000_000)
    var generator = SeededGenerator(seed: 1)

    @discardableResult
    mutating func put(_ input: LinkLife.Input) -> [LinkLife.Action] {
        life.handle(input, at: now, using: &generator)
    }

    mutating func pass(_ time: Duration) { now = now + time }

    /// Brings a fresh life to a state.
    init(to state: LinkLife.State = .stopped) {
        guard state != .stopped else { return }
        put(.start)
        switch state {
        case .stopped, .connecting: break
        case .waiting: put(.lost(reason: "first"))
        case .up: put(.connected(isSessionPresent: true))
        case .draining:
            put(.connected(isSessionPresent: true))
            put(.stop)
        }
    }

    mutating func waitAndConnect() {
        if let due = life.status.nextAttemptAt { now = due }
        put(.tick)
    }
}

extension [LinkLife.Action] {
    /// What they are, without what they carry.
    var kinds: String {
        map { action in
            switch action {
            case .connect: "connect"
            case .abandon: "abandon"
            case .disconnect(let keepsWill): keepsWill ? "leave" : "disconnect"
            case .subscribe: "subscribe"
            case .report(.connected): "say-connected"
            case .report(.failed): "say-failed"
            case .report(.renewing): "say-renewing"
            case .report(.stopped): "say-stopped"
            }
        }.joined(separator: " ")
    }
}
