import Agent
import Core
import HTTPTypes
import Testing

@testable import API

/// What is answered, held against what the document says of it.
@Suite("Answers as the OpenAPI document has them")
struct OpenAPIAnswersTests {
    /// A plant in which every route has something to tell.
    private struct Plant {
        let fixture: APIFixture
        let document: OpenAPIDocument

        init(_ made: APIFixture? = nil) async throws {
            fixture = try made ?? APIFixture.plant()
            document = try await .served(by: fixture)
            for rpm in [1_800, 1_000] { await fixture.propose("press-1", rpm: rpm) }
            for temp in [71.5, 93.25] { await fixture.measure("press-1", temp) }
        }

        /// Asks as an administrator, and expects what the document says of the answer.
        @discardableResult
        func ask(
            _ method: HTTPRequest.Method, _ path: String, of pattern: String? = nil,
            _ status: Int = 200, body: String? = nil, headers: HTTPFields = [:],
            sourceLocation: SourceLocation = #_sourceLocation
        ) async throws -> Answer {
            let answer = await fixture.admin(method, path, headers: headers, body: body)
            #expect(
                answer.status == status, "\(path): \(answer.text)", sourceLocation: sourceLocation)
            let place = pattern ?? String(path.prefix { $0 != "?" })
            let operation = try #require(
                document.operations.first { $0.method == method.rawValue && $0.path == place },
                "\(place) is not in the document", sourceLocation: sourceLocation)
            #expect(operation.statuses.contains("\(status)"), sourceLocation: sourceLocation)
            guard let schema = document.schema(of: operation, status: status) else {
                return answer
            }
            let json = try #require(
                answer.json, "\(path) is no JSON", sourceLocation: sourceLocation)
            let faults = SchemaCheck(document: document).faults(of: json, schema)
            #expect(faults.isEmpty, "\(path): \(faults)", sourceLocation: sourceLocation)
            return answer
        }
    }

    @Test("how the agent is")
    func status() async throws {
        let plant = try await Plant()
        for path in ["/", "/livez", "/readyz", "/startupz", "/status", "/openapi.json"] {
            try await plant.ask(.get, path)
        }
    }

    @Test("what was decided, why, and why not")
    func decisions() async throws {
        let plant = try await Plant()
        let list = try await plant.ask(.get, "/decisions?limit=100")
        let decisions = try #require(list["decisions"]?.array)
        #expect(decisions.count == 3)
        for decision in decisions {
            let id = try #require(decision["decision_id"]?.string)
            let path = "/decisions/\(id)"
            try await plant.ask(.get, path, of: "/decisions/{id}")
            try await plant.ask(.get, path + "/why", of: "/decisions/{id}/why")
            for rule in ["fast", "slow", "hot"] {
                try await plant.ask(
                    .get, "\(path)/why-not/\(rule)", of: "/decisions/{id}/why-not/{rule}")
            }
        }
        try await plant.ask(.get, "/decisions/none-1", of: "/decisions/{id}", 404)
        try await plant.ask(.get, "/decisions?kind=whim", 400)
    }

    @Test("a proposal that is judged, and one that is kept")
    func evaluate() async throws {
        let plant = try await Plant()
        let body = #"{"action":"start the press","user_id":"ann"}"#
        try await plant.ask(.post, "/evaluate?dry_run=true", body: body)
        try await plant.ask(.post, "/evaluate", body: body)
        try await plant.ask(.post, "/evaluate", 400, body: "[]")
    }

    @Test("devices, souls, alerts and acknowledgements")
    func devices() async throws {
        let plant = try await Plant()
        try await plant.ask(.get, "/devices")
        try await plant.ask(.get, "/devices/press-1", of: "/devices/{entity}")
        try await plant.ask(.get, "/alerts")
        try await plant.ask(
            .post, "/alerts/hot/press-1/ack", of: "/alerts/{rule}/{entity}/ack",
            body: #"{"note":"on my way"}"#)
        let alerts = try await plant.ask(.get, "/alerts")
        #expect(alerts["alerts"]?.array?.first?["acknowledgement"] != nil)
        for body in [
            #"{"trust":0.25}"#, #"{"half_lives":1}"#,
            #"{"emotion":"joy","weight":3,"note":"new bearing"}"#,
        ] {
            try await plant.ask(.put, "/soul/press-1", of: "/soul/{entity}", body: body)
        }
        try await plant.ask(.get, "/soul")
        try await plant.ask(.get, "/soul/press-1", of: "/soul/{entity}")
        try await plant.ask(.delete, "/soul/press-1", of: "/soul/{entity}", 204)
        try await plant.ask(.get, "/soul/nobody", of: "/soul/{entity}", 404)
    }

    @Test("memories and numbers over time")
    func memories() async throws {
        let plant = try await Plant()
        let body = #"{"layer":"semantic","content":"the seal leaks","tags":["seal"]}"#
        let stored = try await plant.ask(.post, "/memory", 201, body: body)
        let path = try #require(stored.headers[.location])
        try await plant.ask(.get, "/memory?query=seal")
        try await plant.ask(.get, path, of: "/memory/{id}")
        try await plant.ask(.put, path + "/pin", of: "/memory/{id}/pin")
        try await plant.ask(.delete, path + "/pin", of: "/memory/{id}/pin")
        let links = "/memory/{id}/links/{entity}"
        try await plant.ask(.put, path + "/links/line-1", of: links)
        try await plant.ask(.delete, path + "/links/line-1", of: links)
        try await plant.ask(.delete, path + "/links/line-1", of: links, 404)
        try await plant.ask(.get, "/memory/stats")
        try await plant.ask(.delete, path, of: "/memory/{id}", 204)
        try await plant.ask(.get, path, of: "/memory/{id}", 404)
        for step in ["1m", "raw"] {
            try await plant.ask(.get, "/memory/series?entity=press-1&field=temp&step=\(step)")
        }
        let none = try await plant.ask(.get, "/memory/series?entity=press-1&field=tmep")
        #expect(none["fields"]?.array == [.string("temp")], "\(none.text)")
        try await plant.ask(.get, "/memory/series?entity=nobody&field=temp", 404)
        try await plant.ask(.get, "/memory/series?entity=press-1&field=temp&step=2m", 400)
    }

    @Test("an entity and old memories that are forgotten")
    func forgetting() async throws {
        let plant = try await Plant()
        try await plant.ask(.delete, "/memory?before=1h")
        try await plant.ask(.delete, "/memory", 400)
        let begun = try await plant.ask(
            .delete, "/entities/press-1", of: "/entities/{entity}", 202)
        let path = try #require(begun.headers[.location])
        try await Condition.becomesTrue("the end of \(path)") {
            // The agent waits at its own times.
            plant.fixture.clock.advance(by: .seconds(1))
            let answer = try await plant.ask(.get, path, of: "/forgettings/{event}")
            return answer["state"]?.string == "done"
        }
        let found = try await plant.ask(
            .get, path + "?entity=press-1", of: "/forgettings/{event}")
        #expect(found["search"] != nil, "\(found.text)")
        try await plant.ask(.get, "/forgettings/999", of: "/forgettings/{event}", 404)
        try await plant.ask(.get, "/forgettings/x", of: "/forgettings/{event}", 400)
    }

    @Test("episodes and the log")
    func episodes() async throws {
        let plant = try await Plant()
        let list = try await plant.ask(.get, "/episodes?limit=10")
        #expect(list["episodes"]?.array?.isEmpty == false, "\(list.text)")
        try await plant.ask(.get, "/episodes?open=maybe", 400)
        try await plant.ask(.get, "/episodes/1", of: "/episodes/{id}")
        try await plant.ask(.get, "/episodes/99", of: "/episodes/{id}", 404)
        _ = await plant.fixture.admin(.put, "/soul/press-1", body: #"{"trust":0.25}"#)
        let log = try await plant.ask(.get, "/log?limit=3")
        #expect(log["next"]?.string == "3", "\(log.text)")
        try await plant.ask(.get, "/log")
        try await plant.ask(.get, "/log?topic=a%23", 400)
    }

    @Test("everything about an entity")
    func records() async throws {
        let plant = try await Plant()
        let body = #"{"layer":"semantic","content":"the seal leaks","entity":"press-1"}"#
        try await plant.ask(.post, "/memory", 201, body: body)
        let other = try await plant.ask(
            .post, "/memory", 201, body: #"{"layer":"semantic","content":"the line is loud"}"#)
        let path = try #require(other.headers[.location])
        try await plant.ask(
            .put, path + "/links/press-1", of: "/memory/{id}/links/{entity}")
        _ = await plant.fixture.admin(.put, "/soul/press-1", body: #"{"trust":0.25}"#)
        _ = await plant.fixture.admin(.post, "/alerts/hot/press-1/ack", body: "{}")
        // Its minute is over then.
        plant.fixture.clock.advance(by: .seconds(120))
        await plant.fixture.measure("press-1", 60)
        let records = "/entities/{entity}/records"
        let all = try await plant.ask(
            .get, "/entities/press-1/records?limit=1000", of: records)
        let kinds = (all["records"]?.array ?? []).compactMap { $0.object?.members.first?.name }
        #expect(
            Set(kinds) == [
                "event", "decision", "memory", "memory_link", "soul", "evidence", "episode",
                "rollup_minute", "rollup_hour", "rollup_day", "alert_ack",
            ], "\(kinds)")
        let page = try await plant.ask(.get, "/entities/press-1/records?limit=1", of: records)
        let next = try #require(page["next"]?.string)
        try await plant.ask(.get, "/entities/press-1/records?cursor=\(next)", of: records)
        try await plant.ask(.get, "/entities/nobody/records", of: records)
        try await plant.ask(.get, "/entities/press-1/records?cursor=x", of: records, 400)
    }

    @Test("rules in force, in shadow, in history, and what would be wrong with others")
    func rules() async throws {
        let plant = try await Plant()
        for path in ["/rules", "/rules/history", "/rules/shadow", "/rules/shadow/report"] {
            try await plant.ask(.get, path)
        }
        let digest = try #require(await plant.fixture.admin(.get, "/rules")["ruleset"]?.string)
        let sets = "/rules/sets/{digest}"
        try await plant.ask(.get, "/rules/sets/\(digest)", of: sets)
        try await plant.ask(.get, "/rules/sets/x", of: sets, 400)
        let other = "sha256:" + String(repeating: "0", count: 64)
        try await plant.ask(.get, "/rules/sets/\(other)", of: sets, 404)
        for text in ["rules: []", "rules: ["] {
            let body = #"{"files":[{"name":"a.yaml","text":"\#(text)"}]}"#
            try await plant.ask(.post, "/rules/check", body: body)
        }
        try await plant.ask(.post, "/reload", body: "{}")
        try await plant.ask(.post, "/rules/promote", 409, body: "{}")
        try await plant.ask(.post, "/rules/rollback", 404, body: #"{"digest":"sha256:0"}"#)
        try await plant.ask(
            .delete, "/rules/files/a.yaml", of: "/rules/files/{name}", 428)
    }

    @Test("what has rules take effect: files, reloads, a promotion and a rollback")
    func changedRules() async throws {
        let shadow = ListedRules(PlantRules.yaml.replacing("1500", with: "1700"))
        let fixture = try RuleFileSite(shadowRules: shadow) { DirectoryRules(path: $0) }.fixture
        let plant = try await Plant(fixture)
        let first = try #require(await fixture.admin(.get, "/rules")["ruleset"]?.string)
        let file = "/rules/files/{name}"
        let yaml: HTTPFields = [.contentType: "application/yaml", .ifMatch: "*"]
        func expect(_ outcome: String, _ answer: Answer) {
            #expect(answer["outcome"]?.string == outcome, "\(answer.text)")
        }
        let new = "/rules/files/20.yaml"
        let put = try await plant.ask(.put, new, of: file, body: "rules: []\n", headers: yaml)
        expect("activated", put)
        let long = String(repeating: "long ", count: 50)
        let refused = try await plant.ask(
            .put, new, of: file, 422, body: #"rules: [{ name: a, description: "\#(long)", x: y }]"#,
            headers: yaml)
        #expect(refused["errors"]?.array?.contains { $0["source_column"] != nil } == true)
        expect(
            "unchanged",
            try await plant.ask(.put, new, of: file, body: "rules: []\n", headers: yaml))
        expect("activated", try await plant.ask(.delete, new, of: file, headers: [.ifMatch: "*"]))
        expect("unchanged", try await plant.ask(.post, "/reload", body: "{}"))
        expect("activated", try await plant.ask(.post, "/rules/promote", body: "{}"))
        expect("held", try await plant.ask(.post, "/reload", body: "{}"))
        try await plant.ask(.get, "/rules")
        try await plant.ask(.put, new, of: file, 409, body: "rules: []\n", headers: yaml)
        let back = #"{"digest":"\#(first)"}"#
        try await plant.ask(
            .post, "/rules/rollback", 412, body: back, headers: [.ifMatch: "\"\(first)\""])
        expect("activated", try await plant.ask(.post, "/rules/rollback", body: back))
    }

    @Test("backtests, from their beginning to their report")
    func backtests() async throws {
        let plant = try await Plant()
        let body = PlantRules.files(PlantRules.yaml.replacing("1500", with: "1900"))
        let begun = try await plant.ask(.post, "/backtest", 202, body: body)
        let path = try #require(begun.headers[.location])
        var answer = begun
        try await Condition.becomesTrue("the end of \(path)") {
            answer = try await plant.ask(.get, path, of: "/backtest/{job}")
            return answer["state"]?.string != "running"
        }
        #expect(answer["report"] != nil, "\(answer.text)")
        try await plant.ask(.get, "/backtest")
        try await plant.ask(.delete, path, of: "/backtest/{job}", 204)
    }

    @Test("replays and verifications, from their beginning to their report, good and bad")
    func proofs() async throws {
        let plant = try await Plant()
        let head = try await plant.ask(.get, "/audit/head")
        let held = "\(head["seq"]?.int ?? 0):\(head["hash"]?.string ?? "")"
        try plant.fixture.tamper("UPDATE decision SET positive = 1 - positive")
        let list = try await plant.ask(.get, "/decisions?limit=1")
        let id = try #require(list["decisions"]?.array?.first?["decision_id"]?.string)
        for (path, body) in [
            ("/replay", "{}"), ("/replay", #"{"decision":"\#(id)"}"#),
            ("/replay", #"{"since":"2020-01-01T00:00:00Z","until":"1h","from":0}"#),
            ("/audit/verify", "{}"), ("/audit/verify", #"{"head":"\#(held)"}"#),
        ] {
            let begun = try await plant.ask(.post, path, 202, body: body)
            let place = try #require(begun.headers[.location])
            var answer = begun
            try await Condition.becomesTrue("the end of \(place)") {
                answer = try await plant.ask(.get, place, of: path + "/{job}")
                return answer["state"]?.string != "running"
            }
            #expect(answer["report"] != nil || body.contains("until"), "\(answer.text)")
            try await plant.ask(.get, path)
            try await plant.ask(.delete, place, of: path + "/{job}", 204)
            try await plant.ask(.get, place, of: path + "/{job}", 404)
        }
        for hash in ["x'0102'", "zeroblob(40)", "''"] {
            try plant.fixture.tamper("UPDATE audit SET hash = \(hash)")
            let begun = try await plant.ask(.post, "/audit/verify", 202, body: "{}")
            let place = try #require(begun.headers[.location])
            try await Condition.becomesTrue("the end of \(place)") {
                let answer = try await plant.ask(.get, place, of: "/audit/verify/{job}")
                return answer["report"]?["ok"]?.bool == false
            }
        }
        try await plant.ask(.post, "/replay", 404, body: #"{"decision":"none-1"}"#)
        try await plant.ask(.post, "/audit/verify", 400, body: #"{"head":"x"}"#)
    }

    @Test("keys and the audit chain")
    func keys() async throws {
        let plant = try await Plant()
        let made = try await plant.ask(
            .post, "/keys", 201, body: #"{"name":"ann","role":"viewer","expires_in":"90d"}"#)
        let path = "/keys/\(made["id"]?.string ?? "")"
        try await plant.ask(
            .post, path + "/rotate", of: "/keys/{id}/rotate", body: #"{"overlap":"1h"}"#)
        try await plant.ask(.delete, path, of: "/keys/{id}", 204)
        try await plant.ask(.get, "/keys")
        try await plant.ask(.get, "/audit?limit=100")
        try await plant.ask(.get, "/audit/head")
        try await plant.ask(.post, "/keys", 400, body: #"{"name":"ann","role":"king"}"#)
    }
}
