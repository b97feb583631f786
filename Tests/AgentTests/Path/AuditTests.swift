import Broker
import Core
import Foundation
import Store
import TestSupport
import Testing

@testable import Agent

/// What the agent has to do with the audit chain, beside what the store does.
@Suite("The audit chain in the agent")
struct AuditTests {
    private let files: SimFiles
    private let path: String

    init() throws {
        files = try SimFiles()
        path = files.new()
    }

    private func heads(_ subject: AgentUnderTest) -> [PublishedHead] {
        subject.told("audit/head").compactMap { PublishedHead(json: $0.encoded()) }
    }

    @Test("the head is told at every connection, in the interval where it moved, and at the stop")
    func head() throws {
        let subject = try AgentUnderTest(path)
        subject.connect()
        let first = try #require(heads(subject).last)
        #expect(first.seq == 3 && first.signature == nil)
        let retained = subject.link.published.last { $0.topic == "jamey/n/audit/head" }
        #expect(retained?.retain == true && retained?.qos == .atLeastOnce)
        subject.clock.advance(.seconds(31))
        subject.turn()
        #expect(heads(subject).count == 1)
        let request = ControlRequest.soul(SoulRequest(entity: "e", action: .set(0.5)))
        _ = try ControlAnswer(json: subject.agent.control(request.json))
        #expect(heads(subject).count == 1)
        subject.clock.advance(.seconds(31))
        subject.turn()
        #expect(heads(subject).map(\.seq) == [3, 4])
        _ = try ControlAnswer(json: subject.agent.control(request.json))
        subject.agent.stop()
        for _ in 0..<5 where !subject.agent.isStopped {
            subject.clock.advance(.seconds(1))
            subject.turn()
        }
        let last = try #require(heads(subject).last)
        #expect(last.seq == 5)
        let result = try StoreReader(path: path).verifyAudit(
            held: HeldHead(seq: last.seq, hash: last.hash))
        #expect(result.isWhole && result.head.seq == 5, "\(result.findings)")
    }

    @Test("the configuration is linked at a start where it changed")
    func configuration() throws {
        func start(_ configuration: String) throws -> Int64 {
            let subject = try AgentUnderTest(path, settings: { $0.configuration = configuration })
            let seq = subject.agent.store.auditHead.seq
            try subject.agent.store.close()
            return seq
        }
        #expect(try start("{}") == 4)
        #expect(try start("{}") == 4)
        #expect(try start(#"{"node":"b"}"#) == 5)
        #expect(try StoreReader(path: path).verifyAudit().isWhole)
    }

    /// What the chain has of the credentials, the oldest first.
    private func credentialRecords() throws -> [JSONValue] {
        var records: [JSONValue] = []
        try StoreReader(path: path).forEachLinkFromNewest { link in
            guard link.kind == .credential, let record = link.record else { return true }
            records.append((try? JSONScanner.scan(Array(record.utf8))) ?? .null)
            return true
        }
        return records.reversed()
    }

    @Test("credentials are linked at a start and when they are read again, where they changed")
    func credentials() throws {
        let directory = try TestDirectory("credentials")
        let authority = directory.path + "/ca.pem"
        func write(_ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: authority))
        }
        func start(_ password: String) throws -> AgentUnderTest {
            let credentials = BrokerCredentials(
                password: Array(password.utf8), tls: TLSOptions(caFile: authority))
            return try AgentUnderTest(path, settings: { $0.credentials = credentials })
        }
        try write("first")
        let subject = try start("hunter2")
        #expect(subject.agent.store.auditHead.seq == 4)
        subject.agent.linkCredentials()
        #expect(subject.agent.store.auditHead.seq == 4)
        subject.agent.credentials.password = Array("other".utf8)
        subject.agent.linkCredentials()
        #expect(subject.agent.store.auditHead.seq == 5)
        try write("second")
        subject.agent.linkCredentials()
        #expect(subject.agent.store.auditHead.seq == 6)
        try subject.agent.store.close()
        let next = try start("other")
        #expect(next.agent.store.auditHead.seq == 6)
        try next.agent.store.close()

        let records = try credentialRecords()
        #expect(records.count == 3, "\(records)")
        #expect(records.first?["password"] != records.last?["password"])
        #expect(records.first?["ca"]?.string?.hasPrefix("sha256:") == true)
        #expect(records.first?["ca"] != records.last?["ca"])
        #expect(!subject.log.has("hunter2"))
        #expect("\(next.agent.credentials)" == "(secret)")
        #expect(try StoreReader(path: path).verifyAudit().isWhole)
    }

    @Test("credentials that could not be linked are linked once the store works again")
    func credentialsLater() throws {
        let disk = FaultVFS()
        let subject = try AgentUnderTest(path, disk: disk)
        subject.connect()
        let before = subject.agent.store.auditHead.seq
        disk.fill()
        subject.agent.credentials.password = Array("hunter2".utf8)
        subject.agent.linkCredentials()
        #expect(subject.log.has("the credentials are not in the audit chain"))
        #expect(!subject.log.has("hunter2"))
        let message = Message(
            topic: "t/all/d1", payload: Array(#"{"temp":20}"#.utf8), qos: .atLeastOnce)
        subject.turn(messages: [message])
        #expect(subject.agent.store.auditHead.seq == before)
        disk.heal()
        subject.clock.advance(.seconds(30))
        subject.turn()
        #expect(subject.agent.store.auditHead.seq == before + 1)
        #expect(try credentialRecords().count == 1)
    }

    @Test("with a key the head is signed, and the key is a credential")
    func signed() throws {
        let key = try #require(AuditSigningKey([UInt8](1...32)))
        let subject = try AgentUnderTest(path, settings: { $0.auditKey = key })
        subject.connect()
        let head = try #require(heads(subject).last)
        #expect(head.isSigned(by: key.publicKey) && head.keyID == key.publicKey.id)
        #expect(try credentialRecords().map { $0["sign_key"]?.string } == [key.publicKey.id])
    }

    @Test("another key is linked at once, and signs the head from then on")
    func replacedKey() throws {
        let first = try #require(AuditSigningKey([UInt8](repeating: 1, count: 32)))
        let second = try #require(AuditSigningKey([UInt8](repeating: 2, count: 32)))
        let subject = try AgentUnderTest(path, settings: { $0.auditKey = first })
        subject.connect()
        let count = heads(subject).count
        subject.agent.replaceAuditKey(by: first)
        #expect(heads(subject).count == count)
        subject.agent.replaceAuditKey(by: second)
        #expect(heads(subject).count == count + 1)
        #expect(heads(subject).last?.isSigned(by: second.publicKey) == true)
        subject.agent.replaceAuditKey(by: nil)
        #expect(heads(subject).count == count + 2 && heads(subject).last?.signature == nil)
        let marks = try credentialRecords().map { $0["sign_key"]?.string }
        #expect(marks == [first.publicKey.id, second.publicKey.id, nil])
        #expect(try StoreReader(path: path).verifyAudit().isWhole)
    }

    @Test("files of TLS that were replaced are linked with the connection that reads them")
    func filesOfTLS() throws {
        let directory = try TestDirectory("credentials")
        let authority = directory.path + "/ca.pem"
        func write(_ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: authority))
        }
        try write("first")
        let credentials = BrokerCredentials(tls: TLSOptions(caFile: authority))
        let subject = try AgentUnderTest(path, settings: { $0.credentials = credentials })
        subject.connect()
        let before = subject.agent.store.auditHead.seq
        try write("second")
        subject.turn(.lost(reason: "gone"))
        #expect(subject.agent.store.auditHead.seq == before)
        subject.clock.advance(.seconds(60))
        subject.turn()
        subject.connect()
        #expect(subject.agent.store.auditHead.seq == before + 1)
        #expect(heads(subject).last?.seq == before + 1)
        let marks = try credentialRecords().map { $0["ca"]?.string }
        #expect(marks.count == 2 && marks.first != marks.last)
    }

    @Test("a key is read from a file or a credential that others cannot read, or the start refused")
    func keys() throws {
        let directory = try TestDirectory("audit")
        func write(_ name: String, _ bytes: [UInt8], mode: Int = 0o600) throws -> String {
            let path = directory.path + "/" + name
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            return path
        }
        // A key may end with the byte of a line end.
        let raw = [UInt8](repeating: 10, count: 32)
        let path = try write("key", raw)
        let key = try AuditSigningKey.read(.path(path), credentialsDirectory: nil)
        let same = try AuditSigningKey.read(
            .credential("key"), credentialsDirectory: directory.path)
        #expect(key.publicKey.id == same.publicKey.id)
        let open = try write("open", raw, mode: 0o644)
        let wrong = try write("wrong", Array("no key".utf8))
        for reference in [
            FileReference.path(open), .path(wrong), .path(path + "-none"), .credential("none"),
        ] {
            #expect(throws: CredentialError.self) {
                try AuditSigningKey.read(reference, credentialsDirectory: nil)
            }
        }
    }
}
