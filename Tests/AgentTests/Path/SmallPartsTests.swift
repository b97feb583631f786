import Core
import Mind
import Store
import Testing

@testable import Agent

@Suite("Small parts of the loop")
struct SmallPartsTests {
    func time(_ milliseconds: Int64) -> MonotonicTime {
        MonotonicTime(microseconds: milliseconds * 1_000)
    }

    /// `#expect` takes no mutating calls.
    func called<Value>(_ value: inout Value, _ body: (inout Value) -> Bool) -> Bool {
        body(&value)
    }

    // MARK: AcknowledgementProof

    @Test("a confirmed publication proves what was acknowledged before it, until it is stored")
    func proof() {
        var proof = AcknowledgementProof()
        proof.sent(packetID: 7, behind: 10)
        proof.sent(packetID: 8, behind: 12)
        proof.confirmed(packetID: 8)
        #expect(proof.proved == nil)
        proof.confirmed(packetID: 7)
        #expect(proof.proved == 10)
        proof.sent(packetID: 9, behind: 5)
        proof.confirmed(packetID: 9)
        #expect(proof.proved == 10)
        proof.stored()
        #expect(proof.proved == nil)
    }

    @Test("nothing is proved by QoS 0, nor over a link that was lost")
    func noProof() {
        var proof = AcknowledgementProof()
        proof.sent(packetID: 0, behind: 3)
        proof.confirmed(packetID: 0)
        #expect(proof.proved == nil)
        proof.sent(packetID: 1, behind: 3)
        proof.linkLost()
        proof.confirmed(packetID: 1)
        #expect(proof.proved == nil)
    }

    @Test("a session that the broker has forgotten repeats nothing of what was before")
    func sessionLost() {
        var proof = AcknowledgementProof()
        proof.sent(packetID: 1, behind: 3)
        proof.linkLost()
        proof.sessionLost(at: 9)
        #expect(proof.proved == 9)
    }

    // MARK: Schedule

    @Test("vitals are due at every interval, and missed ones are left out")
    func schedule() {
        var schedule = Schedule(start: time(0), interval: .seconds(30))
        #expect(!called(&schedule) { $0.takeVitals(at: time(29_999)) })
        #expect(called(&schedule) { $0.takeVitals(at: time(30_000)) })
        #expect(!called(&schedule) { $0.takeVitals(at: time(30_001)) })
        #expect(called(&schedule) { $0.takeVitals(at: time(200_000)) })
        #expect(schedule.vitalsDue == time(230_000))
        #expect(called(&schedule) { $0.takeHouse(at: time(1_000)) })
        #expect(schedule.next == time(2_000))
        schedule.removed(at: time(5_000))
        #expect(schedule.removalDue == time(5_000) + Limits.outboxRemovalDelay)
        schedule.checkpointed(at: time(6_000))
        #expect(schedule.lastCheckpoint == time(6_000))
    }

    @Test("a token is looked at at once and at every interval, where there is one")
    func tokenSchedule() {
        var schedule = Schedule(start: time(0), interval: .seconds(30))
        #expect(!called(&schedule) { $0.takeToken(at: time(90_000)) })
        schedule.lookAtToken(from: time(500))
        #expect(schedule.next == time(500))
        #expect(called(&schedule) { $0.takeToken(at: time(500)) })
        #expect(schedule.tokenDue == time(500) + Limits.brokerTokenInterval)
        #expect(!called(&schedule) { $0.takeToken(at: time(501)) })
        schedule.lookAtToken(from: nil)
        #expect(!called(&schedule) { $0.takeToken(at: time(90_000)) })
        #expect(schedule.next == time(1_000))
    }

    @Test("a slice of retention is small, and large enough to keep up")
    func slices() {
        var schedule = Schedule(start: time(0), interval: .seconds(30))
        let sizes = [100, 100, 400, 3_000, 3_010, 9_000_000, 8_000_000].map {
            schedule.takeSlice(through: $0)
        }
        #expect(sizes == [256, 256, 600, 2_000, 256, 2_000, 256])
    }

    // MARK: ErrorBudget

    @Test("so many errors a minute are told, and again in the next minute")
    func budget() {
        var budget = ErrorBudget()
        let told = (0..<Limits.errorsPerMinute + 40).count { _ in budget.take(at: time(0)) }
        #expect(told == Limits.errorsPerMinute)
        #expect(!called(&budget) { $0.take(at: time(59_999)) })
        #expect(called(&budget) { $0.take(at: time(60_000)) })
    }

    // MARK: Shutdown

    @Test("a stop has a deadline while it drains and says farewell, and none else")
    func shutdown() {
        #expect(Shutdown.running.deadline == nil)
        #expect(Shutdown.draining(until: time(3)).deadline == time(3))
        #expect(Shutdown.farewell(until: time(4)).deadline == time(4))
        #expect(Shutdown.over.deadline == nil)
    }

    // MARK: Checkpointing

    @Test("a checkpoint is handed over once, encoded at once or on another thread")
    func checkpointing() async throws {
        let mind = Mind(settings: .init(root: "j", logID: "00000001"))
        for checkpointing in [InlineCheckpointing(), BackgroundCheckpointing()]
            as [any Checkpointing]
        {
            #expect(!checkpointing.isBusy && checkpointing.take() == nil)
            for _ in 0..<3 {
                checkpointing.begin(mind)
                #expect(checkpointing.isBusy)
                var taken: StoredCheckpoint?
                while taken == nil {
                    taken = checkpointing.take()
                    await Task.yield()
                }
                #expect(taken == mind.storedCheckpoint())
                #expect(!checkpointing.isBusy && checkpointing.take() == nil)
            }
        }
    }
}
