import Core
import GRDB
import TestSupport
import Testing

@testable import Store

@Suite("A verification of the audit chain, page by page")
struct AuditPassTests {
    /// The rest of it.
    private func finish(_ pass: AuditPass) throws -> AuditVerification {
        while true {
            if let result = try pass.next() { return result }
        }
    }

    @Test("it tells how far it is, and comes to the same as at once")
    func progress() throws {
        let store = try AuditedStore()
        for number in 1...(Limits.auditPageLinks + 100) { try store.decide("d\(number)") }
        let pass = try AuditPass(StoreReader(path: store.scratch.path))
        #expect(pass.done == 0 && pass.total == 0)
        var told: [Int64] = []
        var result: AuditVerification?
        while result == nil {
            result = try pass.next()
            told.append(pass.done)
            #expect(pass.done <= pass.total)
        }
        // Two pages of links, and two of their records.
        let (page, links) = (Int64(Limits.auditPageLinks), Int64(Limits.auditPageLinks + 101))
        #expect(told == [page, links, links + page, 2 * links])
        #expect(pass.total == 2 * links)
        #expect(try result == store.verify())
    }

    @Test("links that come meanwhile are left for the next time, however many come")
    func growing() throws {
        let store = try AuditedStore()
        for number in 1...(Limits.auditPageLinks + 100) { try store.decide("d\(number)") }
        let head = store.writer.auditHead
        let pass = try AuditPass(StoreReader(path: store.scratch.path))
        #expect(try pass.next() == nil)
        for number in 1...Limits.auditPageLinks { try store.decide("late-\(number)") }
        try store.ask(.soul(SoulRequest(entity: "late-1", action: .set(0.5))))
        let result = try finish(pass)
        #expect(result.isWhole, "\(result.findings)")
        #expect(result.head == head && result.links == Limits.auditPageLinks + 101)
        #expect(try store.verify().links == 2 * Limits.auditPageLinks + 102)
    }

    @Test("its removals are found by their index, not by going through the chain")
    func removalsByIndex() throws {
        let store = try AuditedStore.full()
        let plan = try store.open().read { database in
            try Row.fetchAll(
                database, sql: "EXPLAIN QUERY PLAN " + AuditRemovals.query, arguments: [0]
            ).map { row -> String in row["detail"] }
        }
        #expect(plan.contains { $0.contains("audit_rare (kind=?)") }, "\(plan)")
    }

    @Test("no transaction is open between two pages: the write-ahead log can be copied whole")
    func rests() throws {
        let store = try AuditedStore()
        for number in 1...(Limits.auditPageLinks + 100) { try store.decide("d\(number)") }
        let pass = try AuditPass(StoreReader(path: store.scratch.path))
        let queue = try store.open()
        var result: AuditVerification?
        while result == nil {
            result = try pass.next()
            try store.decide("more-\(pass.done)")
            let (frames, copied) = try queue.writeWithoutTransaction { database -> (Int, Int) in
                let row = try #require(
                    try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(PASSIVE)"))
                return (row[1], row[2])
            }
            #expect(frames == copied && frames > 0)
        }
        #expect(result?.isWhole == true)
    }
}
