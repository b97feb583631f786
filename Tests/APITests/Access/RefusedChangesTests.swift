import Agent
import Core
import HTTPTypes
import Testing

@testable import API

/// Requests that would change something, by those who may not: nothing is changed.
@Suite("Changes by those who may not")
struct RefusedChangesTests {
    /// A good request.
    private struct Change {
        var route: APIRoute
        var path: String
        var body: String?
        var headers: HTTPFields = [:]
        /// Whether it does something in this plant, where a role suffices.
        var succeeds = true
    }

    /// A plant in which there is something of everything to change.
    private struct Plant {
        let site: RuleFileSite<DirectoryRules>
        var fixture: APIFixture { site.fixture }
        let memory: String
        let key: String
        /// One that is over, of each kind.
        let backtest: String
        let replay: String
        let verification: String

        init() async throws {
            site = try RuleFileSite { DirectoryRules(path: $0) }
            let fixture = site.fixture
            await fixture.propose("press-1", rpm: 1_800)
            await fixture.measure("press-1", 93.25)
            _ = await fixture.admin(.put, "/soul/press-1", body: #"{"trust":0.25}"#)
            let stored = await fixture.admin(.post, "/memory", body: Self.memoryBody)
            memory = try #require(stored.headers[.location], "\(stored.text)")
            let key = try await fixture.key(role: .viewer)
            self.key = "/keys/" + (try #require(APIKeyToken(key)?.id))
            backtest = try await Self.job("/backtest", Self.backtestBody, fixture)
            replay = try await Self.job("/replay", nil, fixture)
            verification = try await Self.job("/audit/verify", nil, fixture)
        }

        private static func job(
            _ path: String, _ body: String?, _ fixture: APIFixture
        ) async throws -> String {
            let begun = await fixture.admin(.post, path, body: body)
            let job = try #require(begun.headers[.location], "\(begun.text)")
            try await Condition.becomesTrue("the end of \(job)") {
                await fixture.admin(.get, job)["state"]?.string == "done"
            }
            return job
        }

        static let memoryBody = #"{"layer":"semantic","content":"the seal leaks"}"#

        static let backtestBody = PlantRules.files(PlantRules.yaml)

        /// In an order in which each finds what it changes.
        func changes() async throws -> [Change] {
            let digest = try #require(await fixture.admin(.get, "/rules")["ruleset"]?.string)
            let file = "/rules/files/" + PlantRules.fileName
            let whichever: HTTPFields = [.ifMatch: "*"]
            return [
                Change(route: .evaluate, path: "/evaluate", body: #"{"action":"start"}"#),
                Change(
                    route: .acknowledgeAlert, path: "/alerts/hot/press-1/ack", body: "{}"),
                Change(route: .storeMemory, path: "/memory", body: Self.memoryBody),
                Change(route: .pinMemory, path: memory + "/pin"),
                Change(route: .unpinMemory, path: memory + "/pin"),
                Change(route: .linkMemory, path: memory + "/links/line-1"),
                Change(route: .unlinkMemory, path: memory + "/links/line-1"),
                Change(route: .forgetMemory, path: memory),
                Change(route: .forgetMemories, path: "/memory?before=1s"),
                Change(route: .changeSoul, path: "/soul/press-1", body: #"{"trust":0.9}"#),
                Change(route: .forgetSoul, path: "/soul/press-1"),
                Change(route: .endBacktest, path: backtest),
                Change(route: .endReplay, path: replay),
                Change(route: .endVerification, path: verification),
                Change(route: .createKey, path: "/keys", body: #"{"name":"x","role":"admin"}"#),
                Change(route: .rotateKey, path: key + "/rotate", body: #"{"overlap":"1h"}"#),
                Change(route: .revokeKey, path: key),
                // The plant did the like at its beginning.
                Change(
                    route: .startBacktest, path: "/backtest", body: Self.backtestBody,
                    succeeds: false),
                Change(route: .startReplay, path: "/replay", succeeds: false),
                Change(route: .startVerification, path: "/audit/verify", succeeds: false),
                // Its rules are those of the directory, and none are in shadow.
                Change(
                    route: .reload, path: "/reload", body: #"{"force":true}"#, succeeds: false),
                Change(
                    route: .writeRuleFile, path: file, body: "rules: []", headers: whichever),
                Change(route: .removeRuleFile, path: file, headers: whichever),
                Change(
                    route: .rollBackRules, path: "/rules/rollback",
                    body: #"{"digest":"\#(digest)"}"#),
                Change(route: .promoteRules, path: "/rules/promote", succeeds: false),
                // From here on the log changes by itself.
                Change(route: .forgetEntity, path: "/entities/press-1"),
            ]
        }

        /// Everything that a change leaves a trace in, but for the audit chain, which has refusals.
        func state() async throws -> [String] {
            var texts = try site.names().map { try $0 + ": " + site.text(of: $0) }
            for path in [
                "/log?limit=1000", "/alerts", "/backtest", "/replay", "/audit/verify",
                "/rules/history", "/soul",
            ] {
                let answer = await fixture.admin(.get, path)
                #expect(answer.status == 200, "\(path): \(answer.text)")
                texts.append(answer.text)
            }
            // Not when they were used last.
            let keys = await fixture.admin(.get, "/keys?limit=1000")["keys"]?.array ?? []
            return texts
                + keys.map { key in
                    ["id", "name", "role", "revoked_at", "previous_until"]
                        .map { key[$0]?.string ?? "-" }.joined(separator: " ")
                }
        }

        func ask(_ change: Change, token: String?, from source: API.Source) async -> Answer {
            var headers = change.headers
            if change.route.body == .text { headers[.contentType] = "application/yaml" }
            return await fixture.request(
                change.route.method, change.path, token: token, from: source, headers: headers,
                body: change.body)
        }
    }

    @Test("a refused request changes nothing; the same one by who may changes something")
    func refused() async throws {
        let plant = try await Plant()
        let (fixture, changes) = (plant.fixture, try await plant.changes())
        let changing = APIRoute.allCases.filter { $0.method != .get && $0 != .checkRules }
        #expect(Set(changes.map(\.route)) == Set(changing))
        let expired = Shown.key(.admin, in: fixture, expiresAt: fixture.clock.now())
        let all = [
            Shown(name: "nobody"),
            Shown(name: "an unknown key", text: APIKeyToken.make().revealed),
            Shown(name: "an expired key", text: expired.revealed),
            Shown(name: "a revoked key", text: Shown.revokedKey(.admin, in: fixture).revealed),
            Shown(
                name: "viewer", text: Shown.key(.viewer, in: fixture).revealed, role: .viewer),
            Shown(
                name: "operator", text: Shown.key(.operator, in: fixture).revealed,
                role: .operator),
        ]
        let before = try await plant.state()
        for (place, change) in changes.enumerated() {
            for (number, shown) in all.enumerated() {
                guard case .role(let needed) = change.route.access,
                    shown.role.map({ $0 < needed }) ?? true
                else { continue }
                let answer = await plant.ask(
                    change, token: shown.text, from: .address("10.7.\(place).\(number)"))
                change.route.expect(answer.status, for: shown)
            }
        }
        #expect(try await plant.state() == before)
        var state = before
        for change in changes where change.succeeds {
            let answer = await plant.ask(change, token: nil, from: .unix(uid: 0))
            #expect(answer.status < 300, "\(change.route.pattern): \(answer.text)")
            let now = try await plant.state()
            #expect(now != state, "\(change.route.pattern) leaves no trace")
            state = now
        }
    }
}
