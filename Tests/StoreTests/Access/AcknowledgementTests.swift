import Core
import Testing

@testable import Store

@Suite("Acknowledgements of alerts")
struct AcknowledgementTests {
    private static let name = "Qx7zv-gone-9"
    private let store: AuditedStore

    init() throws { store = try AuditedStore() }

    private func told(_ decisionIDs: String...) throws -> [String: Acknowledgement] {
        try StoreReader(path: store.scratch.path).acknowledgements(of: decisionIDs)
    }

    private func links() throws -> [AuditLink] {
        try store.links().filter { $0.kind == .acknowledgement }
    }

    @Test("one is found by its alert and by its entity, as it was said")
    func found() throws {
        let all = [acknowledgement("a"), acknowledgement("b", entity: "other", note: "")]
        for one in all { try store.writer.acknowledge(one) }
        #expect(try told("a", "b", "c") == ["a": all[0], "b": all[1]])
        let reader = try StoreReader(path: store.scratch.path)
        let others = try reader.acknowledgements(about: "other")
        #expect(others.map(\.acknowledgement) == [all[1]] && others.map(\.number) == [2])
        #expect(try reader.acknowledgements(about: "other", from: 3).isEmpty)
        #expect(try reader.acknowledgements(about: "nobody").isEmpty)
        let links = try links()
        #expect(links.map(\.reference) == [1, 2] && links.map(\.at) == all.map(\.at))
        #expect(links.allSatisfy { $0.record == nil })
        let result = try store.verify()
        #expect(result.isWhole && result.records == 3, "\(result.findings)")
    }

    @Test("the last word about an alert counts, and the chain says that the one before is gone")
    func again() throws {
        try store.writer.acknowledge(acknowledgement("a", note: "who?"))
        let last = acknowledgement("a", note: "it is me")
        try store.writer.acknowledge(last)
        #expect(try told("a") == ["a": last])
        #expect(
            try store.links().last { $0.kind == .removal }?.record
                == #"{"reason":"replaced","acknowledgements":[1]}"#)
        let result = try store.verify()
        #expect(result.isWhole && result.removed == 1, "\(result.findings)")
    }

    @Test("the newest stay, and no number comes again")
    func bounded() throws {
        for number in 1...5 {
            try store.writer.acknowledge(acknowledgement("d\(number)"), keeping: 3)
        }
        #expect(try Set(told("d1", "d2", "d3", "d4", "d5").keys) == ["d3", "d4", "d5"])
        try store.writer.forget("press-1")
        try store.writer.acknowledge(acknowledgement("d6"))
        #expect(try links().map(\.reference) == [1, 2, 3, 4, 5, 6])
        let result = try store.verify()
        #expect(result.isWhole && result.removed == 5, "\(result.findings)")
    }

    @Test("forgetting erases what was said to an entity's alerts, and the chain stays whole")
    func forgotten() throws {
        for number in 1...3 {
            try store.decide("d\(number)", entity: number == 2 ? "other" : Self.name)
            let entity = number == 2 ? "other" : Self.name
            try store.writer.acknowledge(
                acknowledgement("d\(number)", entity: entity, note: "look at \(entity)"))
        }
        #expect(try store.scratch.tables(holding: Self.name).contains("alert_ack"))
        let event = try store.writer.beginForgetting(Self.name)
        while try store.writer.stepForgetting() {
            let result = try store.verify()
            #expect(result.isWhole, "\(result.findings)")
            #expect(try Set(told("d1", "d2", "d3").keys).isSubset(of: ["d1", "d2", "d3"]))
        }
        #expect(try Array(told("d1", "d2", "d3").keys) == ["d2"])
        #expect(try store.scratch.tables(holding: Self.name) == [])
        #expect(try store.scratch.files(holding: EntityForms(Self.name).all) == [])
        let done = try StoreReader(path: store.scratch.path).forgetting(of: event)
        #expect(done?.counts["alert_ack"] == 2)
        let removals = try store.links().filter { $0.kind == .removal }.compactMap(\.record)
        let wanted = #"{"reason":"forgetting","acknowledgements":[1,3]}"#
        #expect(removals.contains(wanted), "\(removals)")
    }

    @Test("what is said after the request to forget is about a new acquaintance, and stays")
    func later() throws {
        try store.writer.acknowledge(acknowledgement("old", entity: Self.name))
        try store.writer.beginForgetting(Self.name)
        try store.writer.acknowledge(acknowledgement("new", entity: Self.name))
        while try store.writer.stepForgetting() {}
        #expect(try Array(told("old", "new").keys) == ["new"])
        #expect(try store.verify().isWhole)
    }

    @Test("retention in the middle of a forgetting leaves the chain whole")
    func retention() throws {
        try store.writer.acknowledge(acknowledgement("a", entity: Self.name))
        try store.writer.acknowledge(acknowledgement("b", entity: "other"))
        for number in 1...200 { try store.decide("d\(number)", entity: "other") }
        try store.checkpoint()
        try store.writer.beginForgetting(Self.name)
        let now = Timestamp(microseconds: 1 << 50)
        while try store.writer.stepForgetting() {
            if store.writer.currentForgetting?.phase == .deleting {
                while try store.trim(now: now).isMore {}
            }
            let result = try store.verify()
            #expect(result.isWhole, "\(result.findings)")
        }
        while try store.trim(now: now).isMore {}
        // What is still there is linked again, with the digest that it had.
        #expect(try links().map(\.reference) == [2])
        let result = try store.verify()
        #expect(result.isWhole && result.first > 100, "\(result.findings)")
    }

    @Test("one that is changed, taken out or written in behind the agent's back is named")
    func tampered() throws {
        for id in ["a", "b"] { try store.writer.acknowledge(acknowledgement(id)) }
        try store.writer.close()
        for (sql, problem, reference) in [
            ("UPDATE alert_ack SET author = 'me' WHERE id = 2", .recordChanged, 2),
            ("UPDATE alert_ack SET at = at - 1 WHERE id = 2", .recordChanged, 2),
            ("UPDATE alert_ack SET entity = zeroblob(7) WHERE id = 2", .recordChanged, 2),
            ("DELETE FROM alert_ack WHERE id = 1", .recordMissing, 1),
            ("INSERT INTO alert_ack VALUES (9, 'x', 'r', 'e', 1, '', '', '')", .recordUnlinked, 9),
        ] as [(String, AuditFinding.Problem, Int64)] {
            let copy = try store.scratch.crashedCopy()
            try copy.execute(sql)
            let broken = try StoreReader(path: copy.path).verifyAudit().broken
            let place = "\(sql): \(String(describing: broken))"
            #expect(broken?.problem == problem && broken?.kind == .acknowledgement, "\(place)")
            #expect(broken?.reference == reference, "\(place)")
        }
    }
}
