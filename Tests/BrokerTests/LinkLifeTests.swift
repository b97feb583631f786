import BrokerTestSupport
import Core
import TestSupport
import Testing

@testable import Broker

@Suite("The life of the link")
struct LinkLifeTests {
    private static let refusal = Refusal(code: 0x86, text: "bad", isAuthentication: true)
    private static let full = Refusal(code: 0x97, text: "quota", isAuthentication: false)

    private typealias Walk = LinkWalk
    private typealias Row = (LinkLife.State, LinkLife.Input, LinkLife.State, String)

    /// Every pair of state and input at the moment the state was entered.
    private static let table: [Row] = [
        (.stopped, .start, .connecting, "connect"),
        (.stopped, .tick, .stopped, ""),
        (.stopped, .connected(isSessionPresent: true), .stopped, "abandon"),
        (.stopped, .refused(refusal), .stopped, ""),
        (.stopped, .lost(reason: "x"), .stopped, ""),
        (.stopped, .heard, .stopped, ""),
        (.stopped, .routesChanged, .stopped, ""),
        (.stopped, .subscribed, .stopped, ""),
        (.stopped, .retry, .stopped, ""),
        (.stopped, .renew, .stopped, ""),
        (.stopped, .withheld(reason: "x"), .stopped, ""),
        (.stopped, .stop, .stopped, ""),
        (.stopped, .drained, .stopped, ""),
        (.stopped, .abandoned(reason: "x"), .stopped, ""),

        (.waiting, .start, .waiting, ""),
        (.waiting, .tick, .waiting, ""),
        (.waiting, .connected(isSessionPresent: true), .waiting, "abandon"),
        (.waiting, .refused(refusal), .waiting, ""),
        (.waiting, .lost(reason: "x"), .waiting, ""),
        (.waiting, .heard, .waiting, ""),
        (.waiting, .routesChanged, .waiting, ""),
        (.waiting, .subscribed, .waiting, ""),
        (.waiting, .retry, .connecting, "connect"),
        (.waiting, .renew, .connecting, "connect"),
        (.waiting, .withheld(reason: "x"), .waiting, ""),
        (.waiting, .stop, .stopped, "say-stopped"),
        (.waiting, .drained, .waiting, ""),
        (.waiting, .abandoned(reason: "x"), .waiting, ""),

        (.connecting, .start, .connecting, ""),
        (.connecting, .tick, .connecting, ""),
        (.connecting, .connected(isSessionPresent: true), .up, "say-connected subscribe"),
        (.connecting, .connected(isSessionPresent: false), .up, "say-connected subscribe"),
        (.connecting, .refused(refusal), .waiting, "say-failed"),
        (.connecting, .lost(reason: "x"), .waiting, "say-failed"),
        (.connecting, .heard, .connecting, ""),
        (.connecting, .routesChanged, .connecting, ""),
        (.connecting, .subscribed, .connecting, ""),
        (.connecting, .retry, .connecting, ""),
        (.connecting, .renew, .connecting, "abandon connect"),
        (.connecting, .withheld(reason: "x"), .waiting, "say-failed"),
        (.connecting, .stop, .stopped, "abandon say-stopped"),
        (.connecting, .drained, .connecting, ""),
        (.connecting, .abandoned(reason: "x"), .waiting, "abandon say-failed"),

        (.up, .start, .up, ""),
        (.up, .tick, .up, ""),
        (.up, .connected(isSessionPresent: true), .up, ""),
        (.up, .refused(refusal), .waiting, "abandon say-failed"),
        (.up, .lost(reason: "x"), .waiting, "say-failed"),
        (.up, .heard, .up, ""),
        (.up, .routesChanged, .up, "subscribe"),
        (.up, .subscribed, .up, ""),
        (.up, .retry, .up, ""),
        (.up, .renew, .connecting, "say-renewing leave connect"),
        (.up, .withheld(reason: "x"), .up, ""),
        (.up, .stop, .draining, ""),
        (.up, .drained, .up, ""),
        (.up, .abandoned(reason: "x"), .waiting, "abandon say-failed"),

        (.draining, .start, .draining, ""),
        (.draining, .tick, .draining, ""),
        (.draining, .connected(isSessionPresent: true), .draining, ""),
        (.draining, .refused(refusal), .stopped, "say-stopped"),
        (.draining, .lost(reason: "x"), .stopped, "say-stopped"),
        (.draining, .heard, .draining, ""),
        (.draining, .routesChanged, .draining, ""),
        (.draining, .subscribed, .draining, ""),
        (.draining, .retry, .draining, ""),
        (.draining, .renew, .draining, ""),
        (.draining, .withheld(reason: "x"), .draining, ""),
        (.draining, .stop, .draining, ""),
        (.draining, .drained, .stopped, "disconnect say-stopped"),
        (.draining, .abandoned(reason: "x"), .stopped, "abandon say-stopped"),
    ]

    @Test("every pair of state and input does what the table says")
    func pairs() {
        for (state, input, next, actions) in Self.table {
            var walk = Walk(to: state)
            #expect(walk.life.status.state == state)
            #expect(walk.put(input).kinds == actions, "\(state), \(input)")
            #expect(walk.life.status.state == next, "\(state), \(input)")
        }
    }

    @Test("an attempt that takes too long is abandoned")
    func attemptDeadline() {
        var walk = Walk(to: .connecting)
        #expect(walk.life.deadline == walk.now + Limits.connectTimeMax)
        walk.pass(Limits.connectTimeMax - .microseconds(1))
        #expect(walk.put(.tick).isEmpty)
        walk.pass(.microseconds(1))
        #expect(walk.put(.tick).kinds == "abandon say-failed")
        #expect(walk.life.status.lastReason == "no answer within 10 s")
        #expect(walk.life.deadline == walk.life.status.nextAttemptAt)
    }

    @Test("the next attempt comes when its delay is over, not before")
    func delay() throws {
        var walk = Walk(to: .waiting)
        let due = try #require(walk.life.status.nextAttemptAt)
        #expect(due > walk.now)
        walk.now = MonotonicTime(microseconds: due.microseconds - 1)
        #expect(walk.put(.tick).isEmpty)
        walk.now = due
        #expect(walk.put(.tick) == [.connect])
        #expect(walk.life.status.attempt == 2)
        #expect(walk.life.status.nextAttemptAt == nil)
    }

    @Test("delays double up to a minute, a refusal of our credentials waits up to five")
    func ranges() {
        let seconds = (1...12).map {
            Backoff.range(failures: $0, isAuthentication: false).upperBound.components.seconds
        }
        #expect(seconds == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60])
        let refused = (1...5).map { Backoff.range(failures: $0, isAuthentication: true) }
        #expect(refused.map(\.upperBound.components.seconds) == [60, 120, 240, 300, 300])
        #expect(refused.allSatisfy { $0.lowerBound == Limits.refusedDelayMin })
        let huge = Backoff.range(failures: .max, isAuthentication: false)
        #expect(huge == Limits.reconnectDelayMin...Limits.reconnectDelayMax)
        #expect(Backoff.range(failures: 0, isAuthentication: false).upperBound == .seconds(1))
    }

    @Test("the jitter is full: early and late thirds of the range are both met")
    func jitter() {
        var generator = SeededGenerator(seed: 7)
        let drawn = (0..<300).map { _ in
            Backoff.delay(failures: 7, isAuthentication: false, using: &generator)
        }
        #expect(drawn.contains { $0 < .seconds(20) })
        #expect(drawn.contains { $0 > .seconds(40) })
        #expect(drawn.allSatisfy { $0 >= Limits.reconnectDelayMin && $0 <= .seconds(60) })
    }

    @Test("only a link that lasted makes the delays start anew")
    func stability() {
        for (upTime, attempt) in [
            (Limits.stableUpTimeMin - .microseconds(1), 7), (Limits.stableUpTimeMin, 2),
        ] {
            var walk = Walk()
            walk.life = LinkLife(echoInterval: nil)
            walk.put(.start)
            for _ in 0..<5 {
                walk.put(.connected(isSessionPresent: true))
                walk.put(.lost(reason: "kicked"))
                walk.waitAndConnect()
            }
            walk.put(.connected(isSessionPresent: true))
            walk.pass(upTime)
            walk.put(.lost(reason: "later"))
            walk.waitAndConnect()
            #expect(walk.life.status.attempt == attempt)
        }
    }

    @Test("a refusal shows in the status until a connection is accepted")
    func refusals() {
        var walk = Walk(to: .connecting)
        walk.put(.refused(Self.refusal))
        #expect(walk.life.status.isRefused)
        #expect(walk.life.status.lastReason == "the broker refused the connection: bad")
        walk.waitAndConnect()
        #expect(walk.life.status.isRefused)
        walk.put(.connected(isSessionPresent: false))
        #expect(!walk.life.status.isRefused)
        var other = Walk(to: .connecting)
        other.put(.refused(Self.full))
        #expect(!other.life.status.isRefused)
    }

    @Test("after a CONNACK that never came, a session that is present may be empty")
    func lostAnswer() {
        var walk = Walk(to: .up)
        walk.put(.subscribed)
        walk.put(.lost(reason: "up"))
        walk.waitAndConnect()
        walk.put(.lost(reason: "the broker made a session, its answer was lost"))
        walk.waitAndConnect()
        #expect(walk.put(.connected(isSessionPresent: true)).contains(.subscribe(.noSession)))
    }

    @Test("subscriptions are asked for until they are answered, and then only for a reason")
    func subscriptions() {
        var walk = Walk(to: .connecting)
        #expect(walk.put(.connected(isSessionPresent: true)).contains(.subscribe(.routesChanged)))
        walk.put(.lost(reason: "before the answer"))
        walk.waitAndConnect()
        #expect(walk.put(.connected(isSessionPresent: true)).contains(.subscribe(.routesChanged)))
        walk.put(.subscribed)
        walk.put(.lost(reason: "after it"))
        walk.waitAndConnect()
        #expect(walk.put(.connected(isSessionPresent: true)).kinds == "say-connected")
        walk.put(.lost(reason: "again"))
        walk.waitAndConnect()
        #expect(walk.put(.connected(isSessionPresent: false)).contains(.subscribe(.noSession)))
        walk.put(.subscribed)
        #expect(walk.put(.routesChanged) == [.subscribe(.routesChanged)])
        walk.put(.subscribed)
        walk.put(.lost(reason: "and again"))
        walk.put(.routesChanged)
        walk.waitAndConnect()
        #expect(walk.put(.connected(isSessionPresent: true)).contains(.subscribe(.routesChanged)))
    }

    @Test("a connected link that is deaf is torn down, and subscribes anew")
    func deafness() {
        var walk = Walk(to: .up)
        walk.put(.subscribed)
        #expect(walk.life.deadline == walk.now + .seconds(90))
        walk.pass(.seconds(89))
        #expect(walk.put(.tick).isEmpty)
        walk.put(.heard)
        walk.pass(.seconds(89))
        #expect(walk.put(.tick).isEmpty)
        walk.pass(.seconds(1))
        #expect(walk.put(.tick).kinds == "abandon say-failed")
        walk.waitAndConnect()
        #expect(walk.put(.connected(isSessionPresent: true)).contains(.subscribe(.deaf)))
        var careless = Walk()
        careless.life = LinkLife(echoInterval: nil)
        careless.put(.start)
        careless.put(.connected(isSessionPresent: true))
        #expect(careless.life.deadline == nil)
        careless.pass(.seconds(100_000))
        #expect(careless.put(.tick).isEmpty)
    }

    @Test("after the operator's change a refused link does not wait, and a good one stays")
    func retry() {
        var walk = Walk()
        walk.put(.start)
        walk.put(.refused(Self.refusal))
        #expect(walk.life.status.state == .waiting)
        #expect(walk.put(.retry) == [.connect])
        #expect(walk.put(.retry).isEmpty)
        walk.put(.connected(isSessionPresent: true))
        #expect(walk.put(.retry).isEmpty)
        #expect(walk.life.status.state == .up)
    }

    @Test("draining ends in time, drained or not")
    func draining() {
        var walk = Walk(to: .draining)
        #expect(walk.life.deadline == walk.now + Limits.drainTimeMax)
        walk.pass(Limits.drainTimeMax)
        #expect(walk.put(.tick).kinds == "disconnect say-stopped")
        #expect(walk.life.status.lastReason == "the outbox did not empty in time")
        #expect(walk.life.deadline == nil)
        #expect(walk.put(.start) == [.connect])
    }

    @Test("whatever happens, attempts keep their delays and the link comes back")
    func randomWalks() throws {
        let base = UInt64.random(in: 0...UInt64.max)
        for seed in (0..<2_000).map({ base &+ $0 }) {
            try walkAtRandom(seed: seed)
        }
    }

    private func walkAtRandom(seed: UInt64) throws {
        var chance = SeededGenerator(seed: seed)
        var walk = Walk()
        walk.generator = SeededGenerator(seed: ~seed)
        walk.put(.start)
        var notBefore = walk.now
        for _ in 0..<200 {
            walk.pass(.milliseconds(Int.random(in: 0...20_000, using: &chance)))
            let before = walk.life.status
            let input = randomInput(&chance)
            let actions = walk.put(input)
            if actions.contains(.connect), input != .renew {
                #expect(walk.now >= notBefore, "seed \(seed)")
                #expect(before.state == .waiting || before.state == .stopped, "seed \(seed)")
            }
            for case .report(.failed(_, let isAuthentication, let retryIn)) in actions {
                notBefore = walk.now + retryIn
                // No broker was asked where it was withheld.
                let range =
                    input == .withheld(reason: "x")
                    ? Limits.refusedDelayMax...Limits.refusedDelayMax
                    : Backoff.range(
                        failures: walk.life.failures, isAuthentication: isAuthentication)
                #expect(range.contains(retryIn), "seed \(seed)")
            }
            let status = walk.life.status
            #expect((status.nextAttemptAt != nil) == (status.state == .waiting), "seed \(seed)")
            if status.state == .stopped { notBefore = walk.now }
        }
        try recover(walk, seed: seed)
    }

    /// From wherever it is, a broker that answers gets the link up within its delays.
    private func recover(_ start: Walk, seed: UInt64) throws {
        var walk = start
        if walk.life.status.state == .draining { walk.put(.drained) }
        if walk.life.status.state == .stopped { walk.put(.start) }
        if let due = walk.life.status.nextAttemptAt {
            #expect(due - walk.now <= Limits.refusedDelayMax, "seed \(seed)")
            walk.waitAndConnect()
        }
        if walk.life.status.state == .connecting { walk.put(.connected(isSessionPresent: true)) }
        #expect(walk.life.status.state == .up, "seed \(seed)")
    }

    private func randomInput(_ chance: inout SeededGenerator) -> LinkLife.Input {
        switch Int.random(in: 0..<20, using: &chance) {
        case 0: .start
        case 1, 2: .connected(isSessionPresent: true)
        case 3: .connected(isSessionPresent: false)
        case 4: .refused(Self.refusal)
        case 5: .refused(Self.full)
        case 6, 7: .lost(reason: "x")
        case 8: .heard
        case 9: .routesChanged
        case 10: .subscribed
        case 11: .stop
        case 12: .drained
        case 13: .abandoned(reason: "x")
        case 14: .renew
        case 15: .withheld(reason: "x")
        default: .tick
        }
    }
}
