import Core
import Foundation
import Testing

@testable import Store

@Suite("Credentials in the audit chain")
struct AuditCredentialTests {
    private let store: AuditedStore

    init() throws { store = try AuditedStore() }

    private func records() throws -> [JSONValue] {
        var records: [JSONValue] = []
        try StoreReader(path: store.scratch.path).forEachLinkFromNewest { link in
            guard link.kind == .credential else { return true }
            #expect(link.reference == 0)
            let record = link.record.flatMap { try? JSONScanner.scan(Array($0.utf8)) }
            records.append(record ?? .null)
            return true
        }
        return records.reversed()
    }

    private func credentials(
        _ password: String?, ca: String? = nil, key: AuditSigningKey? = nil
    ) -> AuditCredentials {
        let files = ca.map { [AuditCredentials.File(name: "ca", content: Array($0.utf8))] }
        return AuditCredentials(
            password: password.map { Array($0.utf8) }, files: files ?? [], signingKey: key)
    }

    /// A password of which the mark has the same byte.
    private func other(than password: String) throws -> String {
        func check(_ text: String) -> UInt8? {
            AuditEncoding.digest(of: AuditCredentials.passwordLabel + Array(text.utf8)).first
        }
        let wanted = check(password)
        let found = (0..<100_000).map { "other-\($0)" }.first { check($0) == wanted }
        return try #require(found)
    }

    @Test("credentials are linked only where they are others, also after a start")
    func changed() throws {
        let first = credentials("hunter2", ca: "authority")
        #expect(try store.writer.linkCredentials(first, at: store.now))
        let later = Timestamp(microseconds: 1 << 50)
        #expect(try !store.writer.linkCredentials(first, at: later))
        try store.writer.close()
        let next = try store.scratch.writer()
        #expect(try !next.linkCredentials(first, at: later))
        #expect(try next.linkCredentials(credentials("hunter2", ca: "another"), at: later))
        #expect(try next.linkCredentials(credentials(nil, ca: "another"), at: later))
        let records = try records()
        #expect(records.count == 3)
        // The password is in use since the first link, the certificate is another.
        let password = records.first?["password"]
        #expect(password?["since"]?.string == "1970-01-01T00:00:01.000000Z")
        #expect(records.dropFirst().first?["password"] == password)
        let digests = records.compactMap { $0["ca"]?.string }
        try #require(digests.count == 3, "\(digests)")
        #expect(digests[0] != digests[1] && digests[1] == digests[2], "\(digests)")
        #expect(records.last?["password"] == nil)
        let result = try store.verify()
        #expect(result.isWhole && result.links == 4, "\(result.findings)")
    }

    @Test("without credentials nothing is linked, but that there are none any more")
    func none() throws {
        #expect(try !store.writer.linkCredentials(credentials(nil), at: store.now))
        #expect(try records().isEmpty)
        #expect(try store.writer.linkCredentials(credentials("a"), at: store.now))
        #expect(try store.writer.linkCredentials(credentials(nil), at: store.now))
        #expect(try !store.writer.linkCredentials(credentials(nil), at: store.now))
        #expect(try records().last?.object?.members.isEmpty == true)
    }

    @Test("of a password without a key one byte is told, which no other store tells more of")
    func check() throws {
        try store.writer.linkCredentials(credentials("hunter2"), at: store.now)
        let mark = try #require(try records().first?["password"])
        #expect(mark.object?.members.map(\.name) == ["check", "since"])
        // By Python's hashlib, from docs/audit.md.
        #expect(mark["check"]?.string == "00")
        let elsewhere = try AuditedStore()
        let at = Timestamp(microseconds: 9)
        try elsewhere.writer.linkCredentials(credentials("hunter2"), at: at)
        let there = try elsewhere.scratch.text("SELECT record FROM audit WHERE kind = 9")
        let check = try #require(mark["check"]?.string)
        #expect(there?.hasPrefix(#"{"password":{"check":"\#(check)","#) == true, "\(there ?? "")")
    }

    @Test("a password that is known to be another one is linked although its byte is the same")
    func known() throws {
        try store.writer.linkCredentials(credentials("hunter2"), at: store.now)
        let other = credentials(try other(than: "hunter2"))
        let later = Timestamp(microseconds: 5_000_000)
        // What no mark of a byte can tell, and the agent does.
        #expect(try !store.writer.linkCredentials(other, at: later))
        #expect(try store.writer.linkCredentials(other, at: later, isPasswordNew: true))
        let marks = try records().compactMap { $0["password"] }
        #expect(marks.count == 2 && marks.first?["check"] == marks.last?["check"])
        #expect(marks.last?["since"]?.string == "1970-01-01T00:00:05.000000Z")
    }

    @Test("with a signing key the mark of a password is keyed by it")
    func keyed() throws {
        let keys = [7, 8].compactMap { AuditSigningKey([UInt8](repeating: $0, count: 32)) }
        try #require(keys.count == 2)
        let other = try other(than: "hunter2")
        for (password, key) in [("hunter2", keys[0]), (other, keys[0]), (other, keys[1])] {
            let credentials = credentials(password, key: key)
            #expect(try store.writer.linkCredentials(credentials, at: store.now))
            #expect(try !store.writer.linkCredentials(credentials, at: store.now))
        }
        let records = try records()
        let marks = records.compactMap { $0["password"]?["hmac"]?.string }
        #expect(marks.count == 3 && Set(marks).count == 3 && marks[0].count == 32, "\(records)")
        // By Python's hmac, from docs/audit.md.
        #expect(marks.first == "7a19665dadb9013c21e1f3e35555bbe8")
        #expect(records.allSatisfy { $0["password"]?["check"] == nil })
        #expect(records.first?["sign_key"]?.string == keys[0].publicKey.id)
        #expect(records.last?["sign_key"]?.string == keys[1].publicKey.id)
    }

    @Test("no secret is in the store or in a printed form, whole or as a plain digest")
    func secrets() throws {
        let (password, secret) = ("a-long-password-of-27-bytes", [UInt8](32..<64))
        let key = try #require(AuditSigningKey(secret))
        for key in [nil, key] {
            let credentials = credentials(password, ca: "-----BEGIN KEY-----", key: key)
            try store.writer.linkCredentials(credentials, at: store.now)
            var printed = "\(credentials)"
            dump(credentials, to: &printed)
            #expect(!printed.contains(password) && !printed.contains("\(password.utf8.count)"))
        }
        let plain = Array(password.utf8)
        let digest = Hexadecimal.text(of: AuditEncoding.digest(of: plain))
        let labelled = Hexadecimal.text(
            of: AuditEncoding.digest(of: AuditCredentials.passwordLabel + plain))
        let forbidden: [[UInt8]] = [
            plain, secret, Array("BEGIN KEY".utf8), Array(digest.prefix(8).utf8),
            Array(labelled.prefix(8).utf8), Array(Hexadecimal.text(of: secret.prefix(8)).utf8),
        ]
        for (name, content) in try store.scratch.contents() {
            for bytes in forbidden {
                #expect(content.range(of: Data(bytes)) == nil, "\(name) has \(bytes)")
            }
        }
        #expect(try records().count == 2)
    }

    @Test("a file that cannot be read is linked as such, and when it can be read again")
    func unread() throws {
        for content in [[1], nil, [1]] as [[UInt8]?] {
            let files = [AuditCredentials.File(name: "certificate", content: content)]
            #expect(
                try store.writer.linkCredentials(AuditCredentials(files: files), at: store.now))
        }
        let marks = try records().map { $0["certificate"]?.string }
        try #require(marks.count == 3, "\(marks)")
        #expect(marks[1] == "unread" && marks[0] == marks[2], "\(marks)")
        #expect(marks[0] == "sha256:" + Hexadecimal.text(of: AuditEncoding.digest(of: [1])))
    }

    @Test("a record that somebody changed, and a link that he took out, are found and named")
    func tampered() throws {
        for password in ["one", "two", "three"] { try store.link(password: password) }
        try store.writer.close()
        for (sql, problem) in [
            ("UPDATE audit SET record = '{}' WHERE seq = 3", AuditFinding.Problem.recordChanged),
            ("UPDATE audit SET kind = 6 WHERE seq = 3", .linkChanged),
            ("DELETE FROM audit WHERE seq = 3", .linkMissing),
        ] {
            let copy = try store.scratch.crashedCopy()
            try copy.execute(sql)
            let broken = try StoreReader(path: copy.path).verifyAudit().broken
            let isNamed = broken?.problem == problem && broken?.seq == 3
            #expect(isNamed, "\(sql): \(String(describing: broken))")
        }
    }

    @Test("retention keeps the link of what is in use, and the agent then links nothing new")
    func retention() throws {
        try store.link(password: "one")
        try store.link(password: "two")
        for number in 1...100 { try store.decide("d\(number)") }
        let before = try records()
        try store.checkpoint()
        try store.decide("last")
        #expect(try store.trim().decisions == 100)
        #expect(before.count == 2 && before.first != before.last, "\(before)")
        #expect(try records() == Array(before.suffix(1)))
        #expect(try !store.writer.linkCredentials(credentials("two"), at: store.now))
        let result = try store.verify()
        #expect(result.isWhole && result.first > 3, "\(result.findings)")
    }
}
