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

    @Test("with a key the head is signed")
    func signed() throws {
        let key = try #require(AuditSigningKey([UInt8](1...32)))
        let subject = try AgentUnderTest(path, settings: { $0.auditKey = key })
        subject.connect()
        let head = try #require(heads(subject).last)
        #expect(head.isSigned(by: key.publicKey) && head.keyID == key.publicKey.id)
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
