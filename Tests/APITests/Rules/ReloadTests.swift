import Agent
import Core
import Dispatch
import Glibc
import HTTPTypes
import Mind
import Synchronization
import Testing

@testable import API

@Suite("A reload of the rule directories")
struct ReloadTests {
    /// Rule files that note by which threads they are compiled; something may happen meanwhile.
    private final class Directory: RuleSource {
        let listed = ListedRules(PlantRules.yaml)
        let threads = Mutex<Set<pthread_t>>([])
        /// Done once, as files are compiled.
        let meanwhile = Mutex<(@Sendable () -> Void)?>(nil)

        func read() throws(RuleSetErrors) -> [RuleFile] { try listed.read() }

        func load(_ files: [RuleFile]) throws(RuleSetErrors) -> RuleSet {
            threads.withLock { _ = $0.insert(pthread_self()) }
            if let happens = meanwhile.withLock({ $0.take() }) { happens() }
            return try RuleSetLoader.load(files)
        }

        func save(_ text: String) {
            listed.replace([RuleFile(name: "rules.yaml", text: text)])
        }
    }

    private let directory = Directory()
    private let shadow = Directory()
    private let fixture: APIFixture

    init() throws {
        let source = directory
        fixture = try APIFixture.make(ruleSource: { _ in source }, shadowRules: shadow)
    }

    /// The plant's rules with another limit, as a set of other text.
    private static func limit(_ limit: Int) -> String {
        PlantRules.yaml.replacing("rpm > 1500", with: "rpm > \(limit)")
    }

    private func digest(_ text: String) throws -> String {
        try RuleSetLoader.load([RuleFile(name: "rules.yaml", text: text)]).digest
    }

    private func inForce() async -> String? {
        await fixture.admin(.get, "/rules")["ruleset"]?.string
    }

    private func expectInForce(_ limit: Int) async throws {
        let (found, wanted) = (await inForce(), try digest(Self.limit(limit)))
        #expect(found == wanted)
    }

    /// Has the agent take back an earlier set, from a thread that may wait.
    private func rollBack(to limit: Int) throws -> @Sendable () -> Void {
        let ruleset = try RuleSetLoader.load([
            RuleFile(name: "rules.yaml", text: Self.limit(limit))
        ])
        let port = fixture.port
        return {
            let isDone = DispatchSemaphore(value: 0)
            Task {
                let request = RulesRequest(
                    .rollback(digest: ruleset.digest), author: "ada", message: "too tight")
                _ = try? await port.ask { agent -> RulesAnswer? in
                    try? agent.control(request, with: ruleset, by: nil)
                }
                isDone.signal()
            }
            isDone.wait()
        }
    }

    @Test("neither directory is compiled by the loop's thread, and both take effect")
    func threads() async throws {
        let loop = try await fixture.port.ask { _ in pthread_self() }
        for source in [directory, shadow] { source.threads.withLock { $0 = [] } }
        directory.save(Self.limit(1_600))
        shadow.save(Self.limit(1_700))
        let answer = await fixture.admin(.post, "/reload", body: #"{"message":"tighter"}"#)
        #expect(answer["outcome"]?.string == "activated", "\(answer.text)")
        for source in [directory, shadow] {
            let threads = source.threads.withLock { $0 }
            #expect(!threads.isEmpty && !threads.contains(loop))
        }
        try await expectInForce(1_600)
        let sets = await fixture.admin(.get, "/rules/shadow")["sets"]?.array ?? []
        let inShadow = try digest(Self.limit(1_700))
        #expect(sets.compactMap { $0["ruleset"]?.string } == [inShadow])
        let history = await fixture.admin(.get, "/rules/history")
        let newest = history["activations"]?.array?.first
        #expect(newest?["how"]?.string == "reload" && newest?["message"]?.string == "tighter")
        #expect(newest?["user"]?.string == "uid:0")
    }

    @Test("files that change while they are compiled do not take effect", arguments: [true, false])
    func changedMeanwhile(isShadow: Bool) async throws {
        let before = await inForce()
        directory.save(Self.limit(1_600))
        let source = isShadow ? shadow : directory
        source.meanwhile.withLock { $0 = { source.save(Self.limit(1_650)) } }
        let late = await fixture.admin(.post, "/reload")
        #expect(late.status == 409 && late.code == "FILES_CHANGED", "\(late.text)")
        #expect(await inForce() == before)
        let status = await fixture.admin(.get, "/status")
        #expect(status["status"]?.string == "online", "\(status.text)")
        let again = await fixture.admin(.post, "/reload")
        #expect(again["outcome"]?.string == "activated", "\(again.text)")
        try await expectInForce(isShadow ? 1_600 : 1_650)
    }

    @Test("a reload of whoever knows other rules than those in force compiles nothing")
    func precondition() async throws {
        let before = try #require(await inForce())
        directory.save(Self.limit(1_600))
        let first = await fixture.admin(.post, "/reload", headers: [.ifMatch: "\"\(before)\""])
        #expect(first["outcome"]?.string == "activated", "\(first.text)")
        directory.threads.withLock { $0 = [] }
        let late = await fixture.admin(.post, "/reload", headers: [.ifMatch: "\"\(before)\""])
        #expect(late.status == 412 && late.code == "PRECONDITION_FAILED", "\(late.text)")
        // It is known before anything is compiled.
        #expect(directory.threads.withLock { $0 }.isEmpty)
    }

    @Test(
        "rules that somebody rolls back to while files are compiled stay in force",
        arguments: [true, false])
    func rolledBackMeanwhile(isForced: Bool) async throws {
        directory.save(Self.limit(1_600))
        let first = await fixture.admin(.post, "/reload")
        #expect(first["outcome"]?.string == "activated", "\(first.text)")
        directory.save(Self.limit(1_700))
        let happens = try rollBack(to: 1_500)
        directory.meanwhile.withLock { $0 = happens }
        // Forced it is against what held before; else by what its author knew.
        let known = try digest(Self.limit(1_600))
        let late =
            isForced
            ? await fixture.admin(.post, "/reload", body: #"{"force":true}"#)
            : await fixture.admin(.post, "/reload", headers: [.ifMatch: "\"\(known)\""])
        #expect(late.status == 412 && late.code == "PRECONDITION_FAILED", "\(late.text)")
        try await expectInForce(1_500)
        let again = await fixture.admin(.post, "/reload", body: #"{"force":true}"#)
        #expect(again["outcome"]?.string == "activated", "\(again.text)")
        try await expectInForce(1_700)
    }

    @Test("a reload that its author no longer waits for has nothing take effect")
    func late() async throws {
        let before = await inForce()
        directory.save(Self.limit(1_600))
        let clock = fixture.clock
        directory.meanwhile.withLock {
            $0 = { clock.advance(by: Limits.reloadTimeMax + .seconds(1)) }
        }
        let late = await fixture.admin(.post, "/reload", body: #"{"force":true}"#)
        #expect(late.status == 503 && late.code == "UNAVAILABLE", "\(late.text)")
        #expect(await inForce() == before)
        let again = await fixture.admin(.post, "/reload")
        #expect(again["outcome"]?.string == "activated", "\(again.text)")
        try await expectInForce(1_600)
    }

    @Test("a key that is revoked while files are compiled does nothing")
    func revokedMeanwhile() async throws {
        let before = await inForce()
        let token = try await fixture.key(role: .admin)
        let id = try #require(APIKeyToken(token)?.id)
        directory.save(Self.limit(1_600))
        let (keys, now) = (fixture.services.keys, fixture.clock.now())
        directory.meanwhile.withLock { $0 = { keys.apply(.revoke(id: id, at: now)) } }
        let answer = await fixture.request(.post, "/reload", token: token)
        #expect(answer.status == 401 && answer.code == "UNAUTHENTICATED", "\(answer.text)")
        #expect(await inForce() == before)
        await fixture.services.access.flush(isFinal: true)
        let chain = await fixture.admin(.get, "/audit?limit=100").text
        #expect(chain.contains("\"REVOKED_KEY\""), "\(chain)")
    }

    @Test(
        "a key that is revoked while its change waits for its turn has nothing written or compiled",
        arguments: [true, false])
    func revokedWaiting(isReload: Bool) async throws {
        let token = try await fixture.key(role: .admin)
        let id = try #require(APIKeyToken(token)?.id)
        let gate = DispatchSemaphore(value: 0)
        directory.save(Self.limit(1_600))
        directory.meanwhile.withLock { $0 = { gate.wait() } }
        let first = Task { [fixture] in await fixture.admin(.post, "/reload") }
        // Nobody may be left at the gate, whatever comes.
        defer { gate.signal() }
        try await Condition.becomesTrue("one has the turn, and compiles") {
            directory.meanwhile.withLock { $0 == nil }
        }
        directory.threads.withLock { $0 = [] }
        let second = Task { [fixture] in
            guard isReload else {
                // The directory is not there: whoever looks says something else of it than 401.
                return await fixture.request(
                    .put, "/rules/files/20.yaml", token: token,
                    headers: [.ifMatch: "*", .contentType: "application/yaml"],
                    body: "rules: []\n")
            }
            return await fixture.request(.post, "/reload", token: token)
        }
        try await Condition.becomesTrue("the other waits") {
            await fixture.services.rules.waitingCount == 1
        }
        fixture.services.keys.apply(.revoke(id: id, at: fixture.clock.now()))
        gate.signal()
        let done = await first.value
        #expect(done["outcome"]?.string == "activated", "\(done.text)")
        let late = await second.value
        #expect(late.status == 401 && late.code == "UNAUTHENTICATED", "\(late.text)")
        #expect(directory.threads.withLock { $0 }.isEmpty)
        try await expectInForce(1_600)
    }

    @Test("of wrong files every error is told, and the status says so until they are mended")
    func wrong() async throws {
        let before = await inForce()
        directory.save("rules:\n  - { name: r, on: nowhere, whem: x }\n")
        let refused = await fixture.admin(.post, "/reload")
        #expect(refused.status == 422 && refused.code == "RULES_REFUSED", "\(refused.text)")
        let errors = refused["errors"]?.array ?? []
        #expect(errors.contains { $0["line"]?.int == 2 && $0["file"]?.string == "rules.yaml" })
        #expect(await inForce() == before)
        let degraded = await fixture.admin(.get, "/status")
        #expect(degraded["status"]?.string == "degraded", "\(degraded.text)")
        directory.save(PlantRules.yaml)
        let mended = await fixture.admin(.post, "/reload")
        #expect(mended["outcome"]?.string == "unchanged", "\(mended.text)")
        let status = await fixture.admin(.get, "/status")
        #expect(status["status"]?.string == "online", "\(status.text)")
    }
}
