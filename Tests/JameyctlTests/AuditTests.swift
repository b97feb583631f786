import Core
import Foundation
import Store
import Testing

@testable import jameyctl

@Suite("jameyctl audit")
struct AuditTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func run(_ arguments: String...) throws -> Command.Result {
        try Command(["audit"] + arguments + ["--database", scratch.store]).wait()
    }

    /// A beginning, three decisions, an override and a configuration.
    private func fill() throws {
        let writer = try scratch.writer()
        try writer.commit(decisions: (1...3).map { decision($0) })
        var next = Batch()
        next.events = [
            Event(
                sequence: (writer.lastEvent?.sequence ?? 0) + 1,
                at: writer.lastEvent?.at ?? Timestamp(microseconds: 0),
                body: .control(.soul(SoulRequest(entity: "press-7", action: .set(0.5)))))
        ]
        _ = try writer.commit(next, synced: false)
        try writer.linkConfiguration(#"{"node":"a"}"#, at: Timestamp(microseconds: 0))
        try writer.close()
    }

    /// Changes the store behind its back; `sqlite3` need not be there.
    private func tamper(_ sql: String) throws {
        let python =
            "import sqlite3, sys; sqlite3.connect(sys.argv[1]).executescript(sys.argv[2])"
        let result = try Command(
            ["python3", "-c", python, scratch.store, sql], program: "/usr/bin/env"
        ).wait()
        #expect(result.code == 0, "\(result)")
    }

    @Test("a whole chain is told with its length and head, as text and as JSON, and exits with 0")
    func whole() throws {
        try fill()
        let head = try StoreReader(path: scratch.store).auditHead()
        let hash = Hexadecimal.text(of: head.hash)
        let text = try run("verify")
        #expect(text.code == 0 && text.errors.isEmpty)
        #expect(
            text.output == """
                the audit chain is whole
                  links       6, from 1 to 6
                  records     6 as they were linked
                  head        6:
                              \(hash)

                """)
        #expect(text.lines.allSatisfy { $0.count <= 80 })
        let json = try JSONScanner.scan(Array(try run("verify", "--json").output.utf8))
        #expect(json["ok"]?.bool == true && json["links"]?.int == 6)
        #expect(json["head"]?["hash"]?.string == hash && json["findings"]?.array == [])
        #expect(try run("head").output == "6:\(hash)\n")
        let published = try run("head", "--json")
        #expect(PublishedHead(json: Array(published.output.utf8))?.seq == 6)
        for held in ["6:\(hash)", hash, "sha256:\(hash)", "6:sha256:\(hash)"] {
            let result = try run("verify", "--head", held)
            #expect(result.code == 0 && result.output.contains("held head   is in the chain"))
        }
    }

    @Test("a broken chain names its first link, what it is about and what is wrong; exit code 1")
    func broken() throws {
        try fill()
        let held = try run("head").output.dropLast()
        try tamper(
            """
            UPDATE decision SET positive = 1 WHERE row = 2;
            DELETE FROM audit WHERE seq = 6;
            """)
        let text = try run("verify")
        #expect(text.code == 1 && text.errors.isEmpty)
        #expect(
            text.lines.first
                == "the audit chain is BROKEN: link 3 (decision 2): the record was changed")
        let json = try run("verify", "--json", "--head", String(held))
        #expect(json.code == 1)
        let body = try JSONScanner.scan(Array(json.output.utf8))
        #expect(body["ok"]?.bool == false)
        #expect(body["broken"]?["problem"]?.string == "tail-missing")
        #expect(body["broken"]?["seq"]?.int == 6)
        let second = body["findings"]?.array?.last
        #expect(second?["kind"]?.string == "decision" && second?["ref"]?.int == 2)
        #expect(second?["problem"]?.string == "record-changed" && second?["seq"]?.int == 3)
        #expect(try run("verify", "--head", String(repeating: "0", count: 64)).code == 1)
    }

    @Test("a head that was saved is verified with its signature")
    func saved() throws {
        try fill()
        let head = try StoreReader(path: scratch.store).auditHead()
        let key = try #require(AuditSigningKey([UInt8](1...32)))
        let signed = PublishedHead(head, signedBy: key)
        let file = try scratch.write("head.json", signed.json)
        // RFC 8410: the public key of 1...32.
        let publicKey = try scratch.write("pub.pem", publicPEM(of: key))
        let good = try run("verify", "--head-file", file, "--public-key", publicKey)
        #expect(good.code == 0 && good.output.contains("is in the chain, and signed"), "\(good)")
        #expect(try run("verify", "--head-file", file).code == 0)
        var unsigned = signed
        unsigned.signature = nil
        let other = try scratch.write("unsigned.json", unsigned.json)
        let bad = try run("verify", "--head-file", other, "--public-key", publicKey)
        #expect(bad.code == 1 && bad.output.contains("the head is not signed by this key"))
        let nothing = try scratch.write("nothing.json", "{}")
        #expect(try run("verify", "--head-file", nothing).code == 65)
        #expect(try run("verify", "--head-file", nothing + "-none").code == 66)
        #expect(try run("verify", "--head-file", file, "--public-key", nothing).code == 65)
    }

    private func publicPEM(of key: AuditSigningKey) -> String {
        let raw = key.publicKey.bytes
        let der: [UInt8] = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0] + raw
        return "-----BEGIN PUBLIC KEY-----\n\(Base64.encode(der))\n-----END PUBLIC KEY-----\n"
    }

    @Test("links are listed by kind and time, and as JSON with their records")
    func list() throws {
        try fill()
        let all = try run("list")
        #expect(all.code == 0 && all.lines.count == 6)
        #expect(all.lines[1].hasPrefix("      2 01-01 00:00:01 decision 1             "))
        #expect(all.lines[4].contains("trust, event "))
        #expect(try run("list", "--kind", "decision").lines.count == 3)
        #expect(try run("list", "--kind", "decision", "-n", "1").lines.count == 1)
        #expect(try run("list", "-n", "0").lines.isEmpty)
        #expect(try run("list", "--since", "1h").lines.isEmpty)
        #expect(try run("list", "--since", "1970-01-01T00:00:02Z").lines.count == 2)
        let json = try run("list", "--json", "--kind", "configuration")
        let link = try JSONScanner.scan(Array(json.output.utf8))
        #expect(link["seq"]?.int == 6 && link["record"]?["node"]?.string == "a")
        #expect(link["hash"]?.string?.count == 64)
        #expect(try run("list", "--kind", "credential").lines.isEmpty)
        let writer = try scratch.writer()
        let password = AuditCredentials(password: Array("hunter2".utf8))
        try writer.linkCredentials(password, at: Timestamp(microseconds: 0))
        try writer.close()
        let credential = try run("list", "--kind", "credential")
        #expect(credential.lines.count == 1 && credential.output.contains("credential"))
        #expect(credential.output.contains("check") && !credential.output.contains("hunter2"))
    }

    @Test("links since a time of which there are more than are shown are told of")
    func more() throws {
        try fill()
        let place = Place.file(StoreFile(path: scratch.store))
        for (limit, isMore) in [(5, true), (6, false), (7, false)] {
            var search = AuditSearch(since: Timestamp(microseconds: 0), limit: limit)
            #expect(try !search.found(at: place).isMore)
            search.tellsMore = true
            let found = try search.found(at: place)
            #expect(found.isMore == isMore && found.links.count == min(limit, 6), "\(limit)")
        }
        let link = try #require(try run("list", "--json", "-n", "1").lines.first)
        let links = Array(repeating: link, count: 1_000).joined(separator: ",")
        let daemon = try PlayedDaemon(scratch.directory + "/api.sock") { asked in
            let cursor = asked.target.split(separator: "=").last.flatMap { Int($0) } ?? 0
            return .json(#"{"links":[\#(links)],"next":"\#(cursor + 1)"}"#)
        }
        let listed = try Command(
            ["audit", "list", "--since", "7d", "--socket", daemon.path]
        ).wait()
        #expect(listed.code == 0 && listed.lines.count == Limits.auditShownMax)
        #expect(listed.errors.contains("there are more since then"), "\(listed.errors)")
        let wanted = try Command(
            ["audit", "list", "--since", "7d", "-n", "9", "--socket", daemon.path]
        ).wait()
        #expect(wanted.errors.isEmpty, "\(wanted.errors)")
    }

    @Test("links about keys, access and acknowledgements are listed by their names")
    func access() throws {
        let writer = try scratch.writer()
        let at = Timestamp(microseconds: 0)
        let actor = Actor(name: "uid:1000", address: "unix")
        let key = StoredKey(
            id: "0a1b2c3d4e5f", name: "grafana", role: .viewer, hash: [1, 2, 3], createdAt: at,
            createdBy: actor.name)
        try writer.apply(.create(key), by: actor, at: at)
        try writer.record(
            [AccessRecord(at: at, actor: actor, kind: .changed, what: "POST /keys")], at: at)
        try writer.acknowledge(
            Acknowledgement(
                decisionID: "a", rule: "overheat", entity: "press-7", at: at, actor: actor))
        try writer.close()
        let made = try run("list", "--kind", "key")
        #expect(made.lines.count == 1 && made.output.contains(" key 0a1b2c3d4e5f "), "\(made)")
        #expect(made.output.contains(#""role":"viewer""#) && !made.output.contains("010203"))
        let access = try run("list", "--kind", "access", "--json")
        let link = try JSONScanner.scan(Array(access.output.utf8))
        #expect(link["record"]?["what"]?.string == "POST /keys" && link["ref"]?.int == 0)
        let seen = try run("list", "--kind", "acknowledgement")
        #expect(seen.lines.count == 1 && seen.output.contains(" acknowledgement 1 "), "\(seen)")
        #expect(try run("verify").code == 0)
        try tamper("UPDATE api_key SET role = 'admin'")
        let broken = try run("verify")
        #expect(
            broken.lines.first == "the audit chain is BROKEN: link 2 (key 0a1b2c3d4e5f): "
                + "the record was changed")
    }

    @Test("wrong command lines and stores are refused with their codes")
    func refused() throws {
        #expect(try run("verify", "--head", "12:abc").code == 64)
        #expect(try run("verify", "--head", "x", "--head-file", "y").code == 64)
        #expect(try run("verify", "--public-key", "y").code == 64)
        #expect(try run("list", "--kind", "secret").code == 64)
        #expect(try run("list", "-n", "-1").code == 64)
        for command in ["verify", "head", "list"] { #expect(try run(command).code == 66) }
        try scratch.write("jamey.db", String(repeating: "no database ", count: 1_000))
        for command in ["verify", "head", "list"] { #expect(try run(command).code == 65) }
    }
}
