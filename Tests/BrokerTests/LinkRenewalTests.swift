import Core
import Testing

@testable import Broker

@Suite("A link that is made again")
struct LinkRenewalTests {
    private let refusal = Refusal(code: 0x86, text: "bad", isAuthentication: true)

    @Test("a link that is made again keeps its session, its filters and its name as a link")
    func renewal() {
        var walk = LinkWalk(to: .up)
        walk.put(.subscribed)
        walk.pass(Limits.stableUpTimeMin)
        walk.put(.renew)
        #expect(walk.life.status.isRenewing && walk.life.isLinked)
        #expect(walk.life.status.attempt == 1 && walk.life.status.nextAttemptAt == nil)
        #expect(walk.life.deadline == walk.now + Limits.connectTimeMax)
        #expect(walk.put(.connected(isSessionPresent: true)).kinds == "say-connected")
        #expect(!walk.life.status.isRenewing && walk.life.isLinked)
    }

    @Test("where the link cannot be made again, there is none, and attempts keep their delays")
    func failedRenewal() {
        for input in [
            LinkLife.Input.lost(reason: "x"), .refused(refusal), .withheld(reason: "x"),
            .abandoned(reason: "x"),
        ] {
            var walk = LinkWalk(to: .up)
            walk.put(.renew)
            // Yet another password meanwhile.
            #expect(walk.put(.renew).kinds == "abandon connect")
            #expect(walk.life.isLinked)
            walk.put(input)
            #expect(walk.life.status.state == .waiting && !walk.life.isLinked, "\(input)")
            #expect(walk.life.status.lastReason != nil, "\(input)")
        }
        var kicked = LinkWalk(to: .up)
        for attempt in 2...6 {
            kicked.put(.renew)
            kicked.put(.lost(reason: "kicked"))
            kicked.waitAndConnect()
            #expect(kicked.life.status.attempt == attempt)
            kicked.put(.connected(isSessionPresent: true))
        }
    }

    @Test("an attempt that is withheld waits for a token, and says why in its own words")
    func withheld() throws {
        var walk = LinkWalk(to: .connecting)
        walk.put(.withheld(reason: "the token expired"))
        #expect(walk.life.status.isRefused)
        #expect(walk.life.status.lastReason == "the token expired")
        let due = try #require(walk.life.status.nextAttemptAt)
        #expect(due - walk.now == Limits.refusedDelayMax)
        #expect(walk.put(.renew) == [.connect])
    }

    @Test("attempts that are withheld do not make those that follow wait longer")
    func withheldAgain() throws {
        var walk = LinkWalk(to: .connecting)
        for _ in 0..<8 {
            walk.put(.withheld(reason: "the token expired"))
            walk.waitAndConnect()
            #expect(walk.life.status.attempt == 1)
        }
        walk.put(.lost(reason: "reset"))
        let due = try #require(walk.life.status.nextAttemptAt)
        #expect(due - walk.now <= Limits.reconnectDelayBase)
        walk.waitAndConnect()
        #expect(walk.life.status.attempt == 2)
    }
}
