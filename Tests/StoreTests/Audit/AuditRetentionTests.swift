import Core
import GRDB
import TestSupport
import Testing

@testable import Store

@Suite("Retention and forgetting in the audit chain")
struct AuditRetentionTests {
    private let store: AuditedStore

    init() throws { store = try AuditedStore() }

    private func links() throws -> [AuditLink] {
        var links: [AuditLink] = []
        try StoreReader(path: store.scratch.path).forEachLinkFromNewest { link in
            links.append(link)
            return true
        }
        return links.reversed()
    }

    @Test("old links go with their decisions, and the anchor that is left is in a later link")
    func anchor() throws {
        try store.activate("one")
        try store.writer.linkConfiguration("{}", at: store.now)
        for number in 1...100 { try store.decide("d\(number)") }
        let before = try links()
        try store.checkpoint()
        try store.decide("last")
        #expect(try store.trim().decisions == 100)
        let after = try links()
        let removal = try #require(after.last { $0.kind == .removal })
        let anchor = try #require(removal.record.flatMap(AuditRemoval.init)?.anchor)
        #expect(anchor.linksThrough == 104 && anchor.hash == before.last?.hash)
        #expect(after.first?.seq == 105)
        // What is in force is linked again.
        #expect(
            after.map(\.kind) == [.decision, .removal, .ruleset, .activation, .configuration])
        let result = try store.verify()
        #expect(result.isWhole, "\(result.findings)")
        #expect(result.first == 105 && result.links == 5)
        // A head that was held when it was the last one taken is good, an older one is too old.
        let last = HeldHead(seq: 104, hash: anchor.hash)
        #expect(try store.verify(held: last).isWhole)
        let older = try #require(before.dropLast().last)
        let old = try store.verify(held: HeldHead(seq: older.seq, hash: older.hash))
        #expect(old.broken?.problem == .headTooOld)
    }

    @Test("the chain is as long as the log over any time, and whole throughout")
    func bounded() throws {
        for round in 1...40 {
            for number in 1...50 { try store.decide("\(round)-\(number)") }
            if round % 7 == 0 { try store.activate("rules \(round)") }
            if round % 5 == 0 {
                try store.ask(.soul(SoulRequest(entity: "e", action: .set(0.5))))
            }
            try store.checkpoint()
            while try store.trim().isMore {}
        }
        #expect(try links().count < 300)
        let result = try store.verify()
        #expect(result.isWhole, "\(result.findings)")
        #expect(result.first > 1_500)
        try store.writer.close()
        let next = try store.scratch.writer()
        _ = try next.linkConfiguration("{}", at: store.now)
        #expect(try store.verify().isWhole)
    }

    @Test("few old decisions wait, so that not each has a link that says it is gone")
    func few() throws {
        for number in 1...3 { try store.decide("d\(number)") }
        try store.checkpoint()
        #expect(try store.trim().decisions == 2)
        for number in 4...10 { try store.decide("d\(number)") }
        try store.checkpoint()
        let now = store.now
        #expect(try store.trim(now: now).decisions == 0)
        #expect(try store.verify().isWhole)
        let later = now + Limits.auditRemovalInterval + .seconds(1)
        #expect(try store.trim(now: later).decisions > 0)
        #expect(try store.verify().isWhole)
    }

    @Test("the event of an override that retention deletes is said to be gone")
    func overrides() throws {
        try store.decide("a")
        try store.ask(.soul(SoulRequest(entity: "e", action: .set(0.5))))
        try store.decide("b")
        try store.checkpoint()
        try store.decide("c")
        _ = try store.trim()
        let result = try store.verify()
        #expect(result.isWhole, "\(result.findings)")
        try store.scratch.execute("DELETE FROM audit WHERE kind = 7")
        #expect(try !store.verify().isWhole)
    }

    @Test("links that were broken are said to have been when retention takes them, ever after")
    func broken() throws {
        for number in 1...10 { try store.decide("d\(number)") }
        try store.checkpoint()
        try store.decide("last")
        try store.scratch.execute("UPDATE audit SET digest = zeroblob(32) WHERE seq = 4")
        _ = try store.trim()
        #expect(try store.verify().broken?.problem == .brokenBefore)
        #expect(try store.verify().broken?.seq == 4)
        for number in 11...200 { try store.decide("d\(number)") }
        try store.checkpoint()
        _ = try store.trim()
        let result = try store.verify()
        #expect(result.findings.map(\.problem) == [.brokenBefore] && result.broken?.seq == 4)
    }

    @Test("what a forgetting took is gone by it, what somebody else took is missing")
    func forgotten() throws {
        for number in 1...10 { try store.decide("d\(number)", entity: "press-\(number % 2)") }
        try store.ask(.soul(SoulRequest(entity: "press-1", action: .set(0.1))))
        try store.ask(.soul(SoulRequest(entity: "press-0", action: .set(0.1))))
        try store.writer.beginForgetting("press-1")
        while try store.writer.stepForgetting() {
            // Whole at every step, half done as it is.
            let result = try store.verify()
            #expect(result.isWhole, "\(result.findings)")
        }
        let result = try store.verify()
        #expect(result.isWhole && result.removed == 6)
        #expect(try store.scratch.files(holding: EntityForms("press-1").all) == [])
        let all = try #require(try links().last { $0.kind == .removal })
        #expect(all.record == #"{"reason":"forgetting","decisions":[1,3,5,7,9]}"#)
        try store.scratch.execute("DELETE FROM decision WHERE row = 2")
        let broken = try #require(try store.verify().broken)
        #expect(broken.problem == .recordMissing && broken.reference == 2)
    }

    @Test("retention that overtakes a verification is no finding")
    func overtaken() throws {
        let count = Limits.auditPageLinks * 3
        try store.writer.fill(1...EventSequence(count))
        var next = Batch()
        next.decisions = (1...count).map { decision("d\($0)", of: EventSequence($0)) }
        next.checkpoint = checkpoint(EventSequence(count))
        next.acknowledgedThrough = EventSequence(count)
        _ = try store.writer.commit(next, synced: false)
        let queue = try store.open()
        var walk = AuditLinkWalk(held: nil)
        #expect(try queue.read { try walk.page($0) })
        while try store.trim(now: Timestamp(microseconds: 1 << 50)).isMore {}
        while try queue.read({ try walk.page($0) }) {}
        walk.finish()
        var records = AuditRecordWalk(walk)
        while try queue.read({ try records.page($0) }) {}
        #expect(records.result.isWhole, "\(records.result.findings)")
        #expect(try store.verify().isWhole)
    }
}
