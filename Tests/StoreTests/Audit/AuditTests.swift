import Core
import Crypto
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Store

@Suite("The audit chain")
struct AuditTests {
    private let store: AuditedStore

    init() throws { store = try AuditedStore() }

    private func kinds() throws -> [AuditLink.Kind] {
        var kinds: [AuditLink.Kind] = []
        try StoreReader(path: store.scratch.path).forEachLinkFromNewest { link in
            kinds.append(link.kind)
            return true
        }
        return kinds.reversed()
    }

    @Test("whatever is decided, activated, set, forgotten or configured is one link, in order")
    func links() throws {
        try store.activate("one")
        try store.decide("a")
        try store.ask(.soul(SoulRequest(entity: "e", action: .set(0.5))))
        try store.ask(.change(.forget(1), author: ""))
        try store.ask(.change(.pin(1, true), author: ""))
        try store.ask(.recalled([RecallCount(id: 1, count: 1)]))
        try store.writer.linkConfiguration("{}", at: store.now)
        #expect(
            try kinds() == [
                .beginning, .ruleset, .activation, .decision, .trust, .forgetting,
                .configuration,
            ])
        let result = try store.verify()
        #expect(result.isWhole && result.links == 7 && result.records == 7)
        #expect(result.head == store.writer.auditHead && result.head.seq == 7)
    }

    @Test("a configuration is linked only where it is another one, also after a start")
    func configuration() throws {
        #expect(try store.writer.linkConfiguration("{\"a\":1}", at: store.now))
        #expect(try !store.writer.linkConfiguration("{\"a\":1}", at: store.now))
        try store.writer.close()
        let next = try store.scratch.writer()
        #expect(try !next.linkConfiguration("{\"a\":1}", at: store.now))
        #expect(try next.linkConfiguration("{\"a\":2}", at: store.now))
        #expect(try kinds() == [.beginning, .configuration, .configuration])
    }

    @Test("a commit that fails leaves neither record nor link, and the next link follows the last")
    func failed() throws {
        let disk = FaultVFS()
        let scratch = try Scratch()
        let writer = try scratch.writer(options: StoreOptions(vfs: disk.name))
        var next = batch([message(1)])
        next.decisions = [decision("a", of: 1)]
        _ = try writer.commit(next, synced: false)
        let head = writer.auditHead
        next = batch([message(2)])
        next.decisions = [decision("b", of: 2)]
        disk.fill()
        #expect(throws: CommitError.self) { try writer.commit(next, synced: true) }
        #expect(writer.auditHead == head)
        disk.heal()
        _ = try writer.commit(next, synced: true)
        #expect(writer.auditHead.seq == head.seq + 1)
        let result = try StoreReader(path: scratch.path).verifyAudit()
        #expect(result.isWhole && result.links == 3, "\(result.findings)")
    }

    @Test("after a crash the chain goes on where it was committed")
    func crash() throws {
        for number in 1...20 {
            try store.decide("d\(number)")
            let copy = try store.scratch.crashedCopy()
            let writer = try copy.writer()
            #expect(writer.auditHead == store.writer.auditHead)
            #expect(try StoreReader(path: copy.path).verifyAudit().isWhole)
        }
    }

    @Test("a store of before begins its chain after the decisions that it has")
    func older() throws {
        try store.activate("one")
        for number in 1...5 { try store.decide("d\(number)") }
        try store.writer.close()
        try StoreWriter.migrate(path: store.scratch.path, to: 10)
        let writer = try store.scratch.writer()
        var next = batch([message(7)])
        next.decisions = [decision("new", of: 7)]
        _ = try writer.commit(next, synced: false)
        #expect(try kinds() == [.beginning, .ruleset, .activation, .decision])
        let result = try store.verify()
        #expect(result.isWhole && result.unlinkedThrough == 5 && result.unlinked == 5)
        try store.scratch.execute("UPDATE ruleset_file SET text = 'other' WHERE position = 0")
        #expect(try store.verify().broken?.kind == .ruleset)
    }

    @Test("a damaged chain stops nothing: the next link follows, and verification tells")
    func damaged() throws {
        for number in 1...3 { try store.decide("d\(number)") }
        try store.writer.close()
        for sql in [
            "UPDATE audit SET hash = x'00' WHERE seq = 4", "UPDATE audit SET hash = 'text'",
            "UPDATE audit SET record = 'no JSON', kind = 99 WHERE seq = 1",
            "UPDATE audit SET seq = 9223372036854775807 WHERE seq = 3",
            "UPDATE audit SET seq = -4, kind = 7, record = '[]' WHERE seq = 2",
        ] {
            try store.scratch.execute(sql)
            let writer = try store.scratch.writer()
            let last = writer.lastEvent?.sequence ?? 0
            for sequence in (last + 1)...(last + 2) {
                var next = batch([message(sequence)])
                next.decisions = [decision("n\(sequence)", of: sequence)]
                _ = try writer.commit(next, synced: false)
            }
            try writer.close()
            #expect(try !store.verify().isWhole, "\(sql)")
        }
        // Without any link the chain begins anew, and only who holds a head sees it.
        let head = try StoreReader(path: store.scratch.path).auditHead()
        try store.scratch.execute("DELETE FROM audit")
        #expect(try store.verify().broken?.problem == .linkMissing)
        try store.scratch.writer().close()
        #expect(try store.verify().isWhole)
        let held = HeldHead(seq: head.seq, hash: head.hash)
        #expect(try store.verify(held: held).broken?.problem == .tailMissing)
    }

    @Test("the record of every audited table covers every column that the table has")
    func columns() throws {
        func columns(_ table: String) throws -> [String] {
            let sql = "SELECT group_concat(name, ' ') FROM pragma_table_xinfo('\(table)')"
            return try #require(try store.scratch.text(sql)).split(separator: " ").map(String.init)
        }
        let advice = "a new column is covered by a new kind of link: see AuditRecords"
        #expect(try columns("decision") == AuditRecords.decision, "\(advice)")
        #expect(try columns("ruleset") == AuditRecords.ruleset, "\(advice)")
        #expect(try columns("activation") == AuditRecords.activation, "\(advice)")
        #expect(try columns("ruleset_file") == ["digest"] + AuditRecords.rulesetFile, "\(advice)")
        #expect(try columns("event") == AuditRecords.event, "\(advice)")
        #expect(try columns("alert_ack") == AuditRecords.acknowledgement, "\(advice)")
        let audited = try columns("api_key").filter { $0 != "last_used_at" }
        #expect(audited == AuditRecords.key, "\(advice)")
    }

    @Test("the hash is what docs/audit.md says, byte for byte")
    func encoding() throws {
        var encoding = AuditEncoding()
        encoding.null()
        encoding.integer(-2)
        encoding.real(1.5)
        encoding.text("é")
        encoding.blob([1, 2])
        #expect(
            Hexadecimal.text(of: encoding.bytes)
                == "4e" + "49fffffffffffffffe" + "523ff8000000000000" + "5400000002c3a9"
                + "42000000020102")
        #expect(
            Hexadecimal.text(of: AuditEncoding.digest(of: Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test(
        "a script that knows only docs/audit.md comes to the same",
        .enabled(if: Script.isPossible, "there is no python3"))
    func script() throws {
        let store = try AuditedStore.full()
        try store.writer.close()
        let head = try StoreReader(path: store.scratch.path).auditHead()
        let text = "\(head.seq):\(Hexadecimal.text(of: head.hash))"
        let whole = try Script.run(store.scratch.path, text)
        #expect(whole.code == 0 && whole.output == text + "\n", "\(whole)")
        for sql in [
            "UPDATE decision SET positive = 1 WHERE row = (SELECT max(row) FROM decision)",
            "UPDATE ruleset_file SET text = 'x'", "UPDATE audit SET at = at + 1",
            "DELETE FROM event WHERE flags = 3", "UPDATE audit SET record = '{}' WHERE kind = 9",
            "DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",
            "UPDATE api_key SET role = 'admin'", "DELETE FROM api_key",
            "UPDATE alert_ack SET note = 'x'", "DELETE FROM alert_ack",
            "UPDATE audit SET record = '{}' WHERE kind = 10",
        ] {
            let copy = try store.scratch.crashedCopy()
            try copy.execute(sql)
            let result = try Script.run(copy.path, text)
            #expect(result.code == 1 && result.output.hasPrefix("link "), "\(sql): \(result)")
        }
    }
}

/// `scripts/audit-verify`
private enum Script {
    static let python = "/usr/bin/env"
    static let path = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("scripts/audit-verify").path

    static let isPossible: Bool = {
        (try? process(["python3", "--version"]).code) == 0
    }()

    static func run(_ arguments: String...) throws -> (code: Int32, output: String) {
        try process(["python3", path] + arguments)
    }

    private static func process(_ words: [String]) throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = words
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
