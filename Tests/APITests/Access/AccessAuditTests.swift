import Agent
import Core
import HTTPTypes
import Logging
import Store
import Testing

@testable import API

@Suite("Access in the audit chain")
struct AccessAuditTests {
    /// The records of access, the newest first.
    private func records(_ fixture: APIFixture) async -> [JSONValue] {
        await fixture.services.access.flush(isFinal: true)
        let answer = await fixture.admin(.get, "/audit?kind=access&limit=1000")
        #expect(answer.status == 200, "\(answer.text)")
        return (answer["links"]?.array ?? []).compactMap { $0["record"] }
    }

    private func has(
        _ kind: String, by: String, from: String, what: String? = nil, reason: String? = nil,
        count: Int64 = 1, in records: [JSONValue]
    ) -> Bool {
        records.contains {
            $0["access"]?.string == kind && $0["by"]?.string == by
                && $0["from"]?.string == from && $0["what"]?.string == what
                && $0["reason"]?.string == reason && $0["count"]?.int == count
        }
    }

    @Test("who came, who was sent away and who changed something is there, with where from")
    func everything() async throws {
        let fixture = try APIFixture.make()
        let token = try await fixture.key(role: .viewer, name: "grafana")
        let id = try #require(APIKeyToken(token)?.id)
        let name = "key:\(id) grafana"
        let place = API.Source.address("192.0.2.1")
        for _ in 0..<3 {
            _ = await fixture.request(.get, "/status", token: token, from: place)
        }
        _ = await fixture.request(.post, "/reload", token: token, from: place)
        _ = await fixture.request(.get, "/status", from: .address("192.0.2.2"))
        for _ in 0..<2 {
            let wrong = APIKeyToken.make(id: id).revealed
            _ = await fixture.request(
                .get, "/status", token: wrong, from: .address("192.0.2.3"))
        }
        _ = await fixture.admin(.post, "/evaluate", body: #"{"action":"help somebody"}"#)
        let found = await records(fixture)
        let at = "192.0.2.1"
        #expect(has("authenticated", by: name, from: at, count: 4, in: found), "\(found)")
        #expect(
            has(
                "refused", by: name, from: at, what: "POST /reload", reason: "FORBIDDEN",
                in: found), "\(found)")
        #expect(
            has(
                "refused", by: "", from: "192.0.2.2", what: "GET /status",
                reason: "NO_CREDENTIALS", in: found), "\(found)")
        let wrong = found.filter { $0["reason"]?.string == "WRONG_KEY" }
        #expect(wrong.compactMap { $0["count"]?.int }.reduce(0, +) == 2, "\(found)")
        #expect(
            has("changed", by: "uid:0", from: "unix", what: "POST /keys", in: found), "\(found)")
        #expect(
            has("changed", by: "uid:0", from: "unix", what: "POST /evaluate", in: found),
            "\(found)")
    }

    @Test("a lock-out is there when it begins, and what it refuses is counted")
    func lockout() async throws {
        let fixture = try APIFixture.make()
        for _ in 0..<Limits.lockoutFailures + 10 {
            _ = await fixture.request(
                .get, "/rules", token: APIKeyToken.make().revealed,
                from: .address("192.0.2.66"))
        }
        let found = await records(fixture)
        #expect(
            has(
                "locked_out", by: "", from: "192.0.2.66", what: "GET /rules",
                reason: "UNKNOWN_KEY", in: found), "\(found)")
        let refused = found.filter { $0["reason"]?.string == "LOCKED_OUT" }
        #expect(refused.compactMap { $0["count"]?.int }.reduce(0, +) == 10, "\(found)")
    }

    @Test("each change is noted once, and what changed nothing is not")
    func changes() async throws {
        let fixture = try APIFixture.make()
        _ = await fixture.admin(.put, "/soul/press-1", body: #"{"trust":0.5}"#)
        _ = await fixture.admin(.post, "/evaluate", body: #"{"action":"help somebody"}"#)
        _ = await fixture.admin(
            .post, "/evaluate?dry_run=true", body: #"{"action":"help somebody"}"#)
        _ = await fixture.admin(.post, "/rules/check", body: #"{"files":[]}"#)
        _ = await fixture.admin(.delete, "/keys/0123456789ab")
        let found = await records(fixture)
        let changed = found.filter { $0["access"]?.string == "changed" }
        let told = changed.map { "\($0["what"]?.string ?? "") \($0["count"]?.int ?? 0)" }
        #expect(told.sorted() == ["POST /evaluate 1", "PUT /soul/{entity} 1"], "\(found)")
    }

    @Test("where the loop takes no records, that is told once, and nobody waits for it")
    func refusedByTheLoop() async {
        let log = ListedLog()
        let port = AgentPort()
        port.close()
        let access = AccessLog(
            port: port, clock: TestClock(), log: Logger(label: "test") { _ in log })
        for number in 0..<3 {
            access.refused(
                from: .mqtt(topic: "api/requests"), what: "GET /keys", reason: "\(number)")
            await access.flush()
        }
        #expect(log.lines.count == 1, "\(log.lines)")
    }

    @Test("records come into the chain however long the keys cannot be read")
    func withoutKeys() async throws {
        // The agent has its store; the API looks where there is none.
        let server = try await RunningServer.start(settings: { $0.storePath += ".none" })
        let fixture = server.fixture
        #expect(fixture.log.has("no API key is taken"), "\(fixture.log.lines)")
        #expect(try await server.ask("GET /status").status == 401)
        try await Condition.becomesTrue("the refusal is in the chain") {
            var isThere = false
            try StoreReader(path: fixture.storePath).forEachLinkFromNewest { link in
                isThere = isThere || link.kind == .access
                return !isThere
            }
            return isThere
        }
        await server.stop()
    }

    @Test("the last use of keys is written down by the upkeep, and at the end")
    func upkeep() async throws {
        let fixture = try APIFixture.make()
        let token = try await fixture.key(role: .viewer)
        let id = try #require(APIKeyToken(token)?.id)
        _ = await fixture.request(.get, "/status", token: token)
        await fixture.server.upkeep.work()
        func lastUse() throws -> Timestamp? {
            try StoreReader(path: fixture.storePath).apiKeys().first { $0.id == id }?.lastUsedAt
        }
        #expect(try lastUse() == nil, "it is not written with every use")
        let used = fixture.clock.now()
        fixture.clock.advance(by: Limits.keyUseInterval)
        await fixture.server.upkeep.work()
        #expect(try lastUse() == used)
        _ = await fixture.request(.get, "/status", token: token)
        await fixture.server.upkeep.close()
        #expect(try lastUse() == fixture.clock.now())
    }
}
