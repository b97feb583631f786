import BrokerTestSupport
import Core
import Foundation
import Glibc
import Store
import TestSupport
import Testing

/// The head of the audit chain as a real broker keeps it, against the store and the command.
@Suite("The head of the audit chain", .enabled(if: Site.isPossible, TestBroker.missing))
struct AuditHeadTests {
    /// Somebody who listens for heads.
    private final class Keeper {
        let scenario: Scenario
        let client: Client
        private(set) var last: PublishedHead?

        init(_ scenario: Scenario) throws {
            self.scenario = scenario
            client = scenario.stage.add(
                Client(port: scenario.broker.port, id: "keeper", filters: [scenario.headTopic]))
            client.heard = { [unowned self] message in
                if let head = PublishedHead(json: message.payload) { last = head }
            }
            try scenario.stage.wait("subscribed") { self.client.isSubscribed }
        }

        /// - Returns: the head of the file, once it was told. Nothing may be decided meanwhile.
        func headAtRest() throws -> PublishedHead {
            try scenario.stage.wait("the file's head is told; the log: \(scenario.site.log)") {
                let head = try StoreReader(path: scenario.site.store).auditHead()
                return last?.seq == head.seq && last?.hash == head.hash
            }
            return try #require(last)
        }

        /// Waits for a newer head than this.
        func wait(after head: PublishedHead) throws {
            try scenario.stage.wait("a newer head; the log: \(scenario.site.log)") {
                last.map { $0.seq > head.seq } ?? false
            }
        }
    }

    private func asker(_ scenario: Scenario) -> Client {
        scenario.stage.add(Client(port: scenario.broker.port, id: "asker"))
    }

    /// The payload that the broker keeps.
    private func retained(_ scenario: Scenario) throws -> String {
        try #require(
            try scenario.retained(scenario.headTopic),
            "no head is retained; the log: \(scenario.site.log)")
    }

    @Test("who subscribes late is told the head that the file has, a link further by each decision")
    func late() throws {
        let scenario = try Scenario()
        let daemon = try scenario.start()
        let keeper = try Keeper(scenario)
        let first = try keeper.headAtRest()
        let asker = asker(scenario)
        for rpm in [900, 3_000, 1_200] { try scenario.propose(asker, rpm: rpm) }
        let last = try keeper.headAtRest()
        #expect(last.seq == first.seq + 3 && last.signature == nil)

        let late = try retained(scenario)
        #expect(PublishedHead(json: Array(late.utf8)) == last, "\(late)")
        let json = try scenario.tool("audit", "head", "--json")
        #expect(json.end == .exited(0) && json.lines == [late], "\(json.output)")
        let text = try scenario.tool("audit", "head")
        #expect(text.end == .exited(0) && text.lines == [last.text], "\(text.output)")
        #expect(try scenario.stop(daemon) == .exited(0))
    }

    // MARK: Ends

    /// What the broker keeps; fails unless the chain in the store has it.
    @discardableResult
    private func keptHead(_ scenario: Scenario, _ when: String) throws -> PublishedHead {
        let payload = try retained(scenario)
        let head = try #require(PublishedHead(json: Array(payload.utf8)), "\(when): \(payload)")
        for held in [head.text, head.hexadecimal] {
            let verified = try scenario.tool("audit", "verify", "--head", held)
            #expect(verified.end == .exited(0), "\(when), \(held): \(verified.output)")
            #expect(verified.output.contains("is in the chain"), "\(when): \(verified.output)")
        }
        return head
    }

    @Test("the head that the broker keeps is of the chain after kill -9, a restart and a stop")
    func ends() throws {
        let scenario = try Scenario()
        let keeper = try Keeper(scenario)
        let killed = try scenario.start()
        let first = try keeper.headAtRest()
        let stream = scenario.stream()
        stream.isPaused = false
        try keeper.wait(after: first)
        killed.kill()
        let left = try keptHead(scenario, "after kill -9")
        #expect(left.seq > first.seq)

        let daemon = try scenario.start()
        try keeper.wait(after: left)
        // The agent goes on to write while the chain is walked.
        try keptHead(scenario, "after a restart")
        try scenario.settle(stream)
        #expect(try scenario.recordedNumbers().allSatisfy { $0.value == 1 })
        #expect(try scenario.stop(daemon) == .exited(0))
        let last = try keptHead(scenario, "after a stop")
        let file = try scenario.tool("audit", "head")
        #expect(file.lines == [last.text], "the broker keeps \(last.text): \(file.output)")
    }

    // MARK: A tail that was cut off

    /// Cuts links off, and what they are about, as one would who hides it.
    private func cutTail(_ scenario: Scenario, after seq: Int64) throws {
        let rows = "SELECT ref FROM audit WHERE kind = 2 AND seq > \(seq)"
        try SQL.run(
            """
            DELETE FROM decision WHERE row IN (\(rows));
            DELETE FROM decision_entity WHERE row IN (\(rows));
            DELETE FROM audit WHERE seq > \(seq);
            """, scenario.site.store)
    }

    @Test("a head that somebody holds shows a tail that was cut off, also when the agent goes on")
    func cut() throws {
        let scenario = try Scenario()
        let daemon = try scenario.start()
        let asker = asker(scenario)
        for rpm in 1...5 { try scenario.propose(asker, rpm: rpm) }
        #expect(try scenario.stop(daemon) == .exited(0))
        let held = try keptHead(scenario, "before the cut")
        let left = held.seq - 3
        try cutTail(scenario, after: left)

        // The chain itself does not show it.
        let whole = try scenario.tool("audit", "verify")
        #expect(whole.end == .exited(0), "\(whole.output)")
        let broken = try scenario.tool("audit", "verify", "--head", held.text)
        #expect(broken.end == .exited(1))
        let problem = "the tail of the chain was cut off"
        #expect(
            broken.lines.first == """
                the audit chain is BROKEN: link \(left + 1): \(problem); \
                the chain ends with link \(left), a head of link \(held.seq) is held
                """, "\(broken.output)")
        let json = try scenario.tool("audit", "verify", "--json", "--head", held.hexadecimal)
        #expect(json.end == .exited(1))
        let finding = json.objects.first?["broken"]
        #expect(finding?["problem"]?.string == "tail-missing", "\(json.output)")
        #expect(finding?["seq"]?.int == left + 1, "\(json.output)")

        // New links come in the place of those.
        let again = try scenario.start()
        for rpm in 6...9 { try scenario.propose(asker, rpm: rpm) }
        #expect(try scenario.stop(again) == .exited(0))
        #expect(try keptHead(scenario, "after the cut").seq == held.seq + 1)
        let other = try scenario.tool("audit", "verify", "--head", held.text)
        #expect(other.end == .exited(1))
        let line = other.lines.first ?? ""
        #expect(line.contains("BROKEN: link \(held.seq) (decision "), "\(other.output)")
        #expect(line.hasSuffix("the head that is held is not of this chain"), "\(other.output)")
    }

    // MARK: Signatures

    /// The files of an Ed25519 key, made as docs/audit.md says.
    private struct KeyPair {
        static let openssl = "/usr/bin/openssl"
        let secret: String
        let published: String
        /// What a head by this key has as its `key_id`.
        let id: String

        init(_ name: String, in directory: String) throws {
            secret = "\(directory)/\(name).pem"
            published = "\(directory)/\(name).pub"
            try Command.run(Self.openssl, ["genpkey", "-algorithm", "ed25519", "-out", secret])
            chmod(secret, 0o600)
            try Command.run(Self.openssl, ["pkey", "-in", secret, "-pubout", "-out", published])
            let bytes = try Data(contentsOf: URL(fileURLWithPath: published))
            id = try #require(AuditPublicKey([UInt8](bytes)), "no public key: \(published)").id
        }
    }

    /// Fails unless openssl finds the signature right, over the text that docs/audit.md names.
    private func verifyWithOpenSSL(_ payload: String, _ key: KeyPair, in site: Site) throws {
        let body = try JSONScanner.scan(Array(payload.utf8))
        let seq = try #require(body["seq"]?.int, "\(payload)")
        let hash = try #require(body["hash"]?.string, "\(payload)")
        let time = try #require(body["timestamp"]?.string, "\(payload)")
        let encoded = try #require(body["signature"]?.string, "it is not signed: \(payload)")
        let signature = try #require(Data(base64Encoded: encoded), "no base 64: \(encoded)")
        let (signed, file) = (site.directory.path + "/signed", site.directory.path + "/signature")
        try site.write("jamey audit head v1\n\(seq)\n\(hash)\n\(time)\n", to: signed)
        try signature.write(to: URL(fileURLWithPath: file))
        try Command.run(
            KeyPair.openssl,
            [
                "pkeyutl", "-verify", "-pubin", "-inkey", key.published, "-rawin", "-in", signed,
                "-sigfile", file,
            ])
    }

    @Test(
        "with a key the retained head is signed, as openssl and the command find, by no other key",
        .enabled(if: TestCertificates.isPossible, "openssl is not installed"))
    func signed() throws {
        let scenario = try Scenario()
        let site = scenario.site
        let key = try KeyPair("audit-key", in: site.directory.path)
        let stranger = try KeyPair("stranger", in: site.directory.path)
        let configuration = try String(contentsOfFile: site.configuration, encoding: .utf8)
        try site.write(
            configuration + "audit: { sign_key: \(key.secret) }\n", to: site.configuration)
        let daemon = try scenario.start()
        let keeper = try Keeper(scenario)
        try scenario.propose(asker(scenario), rpm: 900)
        let head = try keeper.headAtRest()
        let payload = try retained(scenario)
        #expect(PublishedHead(json: Array(payload.utf8)) == head, "\(payload)")
        #expect(head.keyID == key.id, "\(payload)")
        try verifyWithOpenSSL(payload, key, in: site)

        let file = site.directory.path + "/head.json"
        try site.write(payload, to: file)
        let good = try scenario.tool(
            "audit", "verify", "--head-file", file, "--public-key", key.published)
        #expect(good.end == .exited(0), "\(good.output)")
        #expect(good.output.contains("is in the chain, and signed"), "\(good.output)")
        let bad = try scenario.tool(
            "audit", "verify", "--head-file", file, "--public-key", stranger.published)
        #expect(bad.end == .exited(1), "\(bad.output)")
        let problem = "the head is not signed by this key"
        #expect(bad.lines.first?.hasSuffix(problem) == true, "\(bad.output)")
        #expect(try scenario.stop(daemon) == .exited(0))
    }
}

extension Scenario {
    fileprivate var headTopic: String { site.root + "/audit/head" }
}

extension PublishedHead {
    fileprivate var hexadecimal: String { Hexadecimal.text(of: hash) }
    /// As `audit head` shows it and `audit verify --head` takes it.
    fileprivate var text: String { "\(seq):\(hexadecimal)" }
}
