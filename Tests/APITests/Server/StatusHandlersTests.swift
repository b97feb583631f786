import Agent
import Core
import Foundation
import HTTPTypes
import Hummingbird
import Mind
import Testing

@testable import API

@Suite("Status, probes and files")
struct StatusHandlersTests {
    /// Tests/APITests/Server/StatusHandlersTests.swift.
    private static let folder: String = {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        return "/\(root)/Sources/API/"
    }()

    /// A file as it lies in Sources/API.
    private static func source(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + path)))
    }

    @Test("a program is told who answers, a browser gets the page")
    func root() async throws {
        let fixture = try APIFixture.make()
        let program = await fixture.request(.get, "/")
        #expect(program["name"]?.string == "jamey")
        #expect(program["node"]?.string == "edge-1")
        #expect(program["version"]?.string == "3.0.0")
        let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        let browser = await fixture.request(.get, "/", headers: [.accept: accept])
        #expect(browser.headers[.contentType] == "text/html; charset=utf-8")
        #expect(browser.headers[.vary] == "Accept")
        let page = try Self.source("Dashboard/Files/index.html")
        #expect(browser.body == page)
        let tag = try #require(browser.headers[.eTag])
        let again = await fixture.request(
            .get, "/", headers: [.accept: accept, .ifNoneMatch: tag])
        #expect(again.status == 304 && again.body.isEmpty)
    }

    @Test("a page is for whoever prefers it")
    func accepts() {
        for text in ["text/html", "text/html, application/json;q=0.9", "*/*;q=0.1,TEXT/HTML"] {
            #expect(AcceptedTypes(text).prefersHTML, "\(text)")
        }
        for text in [
            "", "*/*", "application/json", "text/html;q=0", "text/html;q=0.5, application/json",
            "application/json, text/html",
        ] {
            #expect(!AcceptedTypes(text).prefersHTML, "\(text)")
        }
    }

    @Test("an agent that is online is alive, ready and started, with its components")
    func online() async throws {
        let fixture = try APIFixture.make()
        for path in ["/livez", "/readyz", "/startupz"] {
            let answer = await fixture.request(.get, path)
            #expect(answer.status == 200, "\(path): \(answer.text)")
            #expect(answer["status"]?.string == "online")
            let components = answer["components"]?.object?.members.map(\.name) ?? []
            #expect(components == ["broker", "store", "mind", "memory", "outbox", "api"])
            #expect(answer["components"]?["store"]?["status"]?.string == "ok")
        }
    }

    @Test("an agent that never met its broker is alive, but neither ready nor started")
    func starting() async throws {
        let fixture = try APIFixture.make(isBrokerThere: false)
        #expect(await fixture.request(.get, "/livez").status == 200)
        for path in ["/readyz", "/startupz"] {
            let answer = await fixture.request(.get, path)
            #expect(answer.status == 503, "\(path): \(answer.text)")
            #expect(answer.code == "UNAVAILABLE")
            #expect(answer["status"]?.string == "starting")
            #expect(answer["components"]?["broker"]?["status"]?.string == "degraded")
            #expect(answer.headers[.retryAfter] != nil)
        }
    }

    @Test("a loop that is gone is not alive")
    func dead() async throws {
        let fixture = try APIFixture.make()
        fixture.agent.stop()
        let answer = await fixture.request(.get, "/livez")
        #expect(answer.status == 503)
        #expect(answer.code == "UNAVAILABLE")
    }

    @Test("a loop that turns too slowly is asked no longer than it may take")
    func slow() async throws {
        let port = AgentPort()
        await #expect(throws: PortError.late) {
            try await port.ask(within: .milliseconds(20)) { _ in true }
        }
        port.close()
        await #expect(throws: PortError.stopped) {
            try await port.ask(within: .seconds(30)) { _ in true }
        }
    }

    @Test("strangers learn what is well and what is not, and no more")
    func strangers() async throws {
        let fixture = try APIFixture.make()
        let stranger = await fixture.request(.get, "/readyz")
        #expect(stranger["components"]?["store"]?["event_seq"] == nil)
        let operatorsOwn = await fixture.admin(.get, "/readyz")
        #expect(operatorsOwn["components"]?["store"]?["event_seq"] != nil)
    }

    @Test("of wrong rule files strangers learn that they are wrong, and no line of them")
    func wrongRules() async throws {
        let fixture = try APIFixture.make()
        fixture.rules.replace([
            RuleFile(name: "hidden.yaml", text: "rules: [{ nmae: grandmother-recipe }]")
        ])
        let reload = await fixture.admin(.post, "/reload")
        #expect(reload.status == 422, "\(reload.text)")
        let stranger = await fixture.request(.get, "/readyz")
        #expect(stranger.status == 503 && stranger["status"]?.string == "degraded")
        for text in [
            stranger["error"]?.string, stranger["reason"]?.string,
            stranger["components"]?["mind"]?["reason"]?.string,
        ] {
            #expect(text?.contains("ask /rules or `jameyctl rules check`") == true, "\(text ?? "")")
        }
        for path in ["/readyz", "/livez", "/startupz"] {
            let answer = await fixture.request(.get, path)
            for secret in ["hidden", "grandmother", "nmae"] {
                #expect(!answer.text.contains(secret), "\(path): \(answer.text)")
            }
        }
        let viewer = try await fixture.key(role: .viewer)
        for path in ["/readyz", "/status", "/rules"] {
            let answer = await fixture.request(.get, path, token: viewer)
            #expect(answer.text.contains("hidden.yaml"), "\(path): \(answer.text)")
        }
    }

    @Test("of a store that takes nothing strangers learn that, and not what SQLite says")
    func storeFault() async throws {
        let fixture = try APIFixture.make()
        var report = try await fixture.port.ask { $0.report() }
        let fault = "the disk refuses: disk I/O error (code 1034, errno 5)"
        report.state = .degraded
        report.reason = "store: " + fault
        report.componentsJSON = JSONWriter.object { json in
            json.object("store") {
                $0.member("status", "degraded")
                $0.member("reason", fault)
            }
        }
        let stranger = String(
            decoding: StatusView.probe(report, isKnown: false), as: UTF8.self)
        #expect(!stranger.contains("1034"), "\(stranger)")
        #expect(stranger.ranges(of: "nothing can be stored at this moment").count == 2)
        #expect(report.openReason == "store: nothing can be stored at this moment")
        let known = String(decoding: StatusView.probe(report, isKnown: true), as: UTF8.self)
        #expect(known.ranges(of: fault).count == 2)
    }

    @Test("of the token and the certificate strangers learn that they are not well, and no path")
    func secretFiles() async throws {
        let clock = TestClock()
        let token = Self.token(until: clock.now() + .seconds(5))
        let fixture = try APIFixture.make(
            clock: clock,
            agentSettings: { $0.credentials = BrokerCredentials(password: Array(token.utf8)) },
            passwords: { path in
                let directory = path + "/strongroom"
                try FileManager.default.createDirectory(
                    atPath: directory, withIntermediateDirectories: true)
                let isWritten = FileManager.default.createFile(
                    atPath: directory + "/token", contents: Data(token.utf8),
                    attributes: [.posixPermissions: 0o600])
                try #require(isWritten)
                return try PasswordFile(.path(directory + "/token"), credentialsDirectory: nil)
            })
        try await fixture.port.ask { agent in
            agent.apiStatus = .listening(["here"])
            agent.apiFault = "the certificate stays as it was: /vault/api-key.pem is empty"
        }
        let viewer = try await fixture.key(role: .viewer)
        for path in ["/livez", "/readyz", "/startupz"] {
            let stranger = await fixture.request(.get, path)
            for (component, file) in [("broker", "strongroom"), ("api", "vault")] {
                let open = stranger["components"]?[component]
                #expect(open?["status"]?.string == "degraded", "\(path): \(stranger.text)")
                #expect(open?["reason"] == nil && !stranger.text.contains(file), "\(path)")
                let known = await fixture.request(.get, path, token: viewer)
                let reason = known["components"]?[component]?["reason"]?.string ?? ""
                #expect(reason.contains(file), "\(path): \(known.text)")
            }
        }
    }

    /// One that nobody verifies, soon at its end.
    private static func token(until end: Timestamp) -> String {
        let claims = "{\"exp\":\(end.microseconds / 1_000_000)}"
        let parts = [#"{"alg":"HS256"}"#, claims, "signed"]
        return parts.map { Base64URL.encode(Array($0.utf8)) }.joined(separator: ".")
    }

    @Test("why the link was lost may name a file too, and strangers are not told it")
    func lostLink() async throws {
        let fixture = try APIFixture.make(isBrokerThere: false)
        let viewer = try await fixture.key(role: .viewer)
        try await Condition.becomesTrue("the link's loss is told") {
            let known = await fixture.request(.get, "/livez", token: viewer)
            return known["components"]?["broker"]?["last_reason"]?.string == "unreachable"
        }
        let stranger = await fixture.request(.get, "/livez")
        #expect(!stranger.text.contains("unreachable"), "\(stranger.text)")
    }

    @Test("the status has everything that the agent knows of itself")
    func status() async throws {
        let fixture = try APIFixture.make()
        let answer = await fixture.admin(.get, "/status")
        #expect(answer.status == 200)
        for name in [
            "status", "since", "boot_id", "version", "node", "root", "ruleset", "uptime_s",
            "last_commit_age_ms", "outbox_depth", "components",
        ] {
            #expect(answer[name] != nil, "\(name) in \(answer.text)")
        }
        #expect(answer["boot_id"]?.string == "b007")
    }

    @Test("the status tells who asks, and each only of themselves")
    func principal() async throws {
        let fixture = try APIFixture.make()
        let local = await fixture.admin(.get, "/status")
        #expect(local["principal"]?["name"]?.string == "uid:0", "\(local.text)")
        #expect(local["principal"]?["role"]?.string == "admin")
        for role in Role.allCases {
            let token = try await fixture.key(role: role, name: "panel")
            let answer = await fixture.request(.get, "/status", token: token)
            let name = answer["principal"]?["name"]?.string ?? ""
            #expect(name.hasPrefix("key:") && name.hasSuffix(" panel"), "\(answer.text)")
            #expect(answer["principal"]?["role"]?.string == role.rawValue)
            // Nothing of the key itself.
            #expect(!answer.text.contains(token), "\(answer.text)")
        }
    }

    @Test("metrics are Prometheus' text, for viewers unless they are open")
    func metrics() async throws {
        let closed = try APIFixture.make()
        #expect(await closed.request(.get, "/metrics").status == 401)
        let answer = await closed.admin(.get, "/metrics")
        #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(answer.text.contains("\n# TYPE jamey_outbox_depth gauge\njamey_outbox_depth "))
        #expect(answer.text.hasSuffix("\n"))
        let open = try APIFixture.make(settings: { all, _ in all.isMetricsOpen = true })
        #expect(await open.request(.get, "/metrics").status == 200)
    }

    @Test("HEAD has the headers of GET and no body")
    func head() async throws {
        let fixture = try APIFixture.make()
        for path in ["/", "/livez", "/openapi.json", "/dashboard/app.js", "/nothing", "/keys"] {
            let get = await fixture.request(.get, path)
            let head = await fixture.request(.head, path)
            #expect(head.status == get.status, "\(path)")
            #expect(head.body.isEmpty, "\(path)")
            #expect(head.headers[.contentType] == get.headers[.contentType], "\(path)")
            #expect(head.headers[.contentLength] == get.headers[.contentLength], "\(path)")
        }
        let events = await fixture.admin(.head, "/events")
        #expect(events.status == 200 && events.body.isEmpty)
        #expect(events.headers[.contentType] == "text/event-stream")
    }

    @Test("every file of the dashboard's folder is served as it is, and no other")
    func dashboard() async throws {
        let fixture = try APIFixture.make()
        let names = try FileManager.default.contentsOfDirectory(
            atPath: Self.folder + "Dashboard/Files")
        #expect(names.contains("index.html"))
        for name in names where name != "index.html" {
            let answer = await fixture.request(.get, "/dashboard/\(name)")
            #expect(answer.status == 200, "\(name)")
            let bytes = try Self.source("Dashboard/Files/\(name)")
            #expect(answer.body == bytes, "\(name)")
            let policy = answer.headers[.contentSecurityPolicy]
            #expect(policy == StatusHandlers.dashboardPolicy, "\(name)")
        }
        for name in ["other.js", "..%2fapp.js", "openapi.json", "index.html", "app.js%00"] {
            let answer = await fixture.request(.get, "/dashboard/\(name)")
            #expect(answer.status == 404 || answer.status == 400, "\(name)")
        }
    }

    @Test("the files of the page and the description have a mark, by which they stay in caches")
    func files() async throws {
        let fixture = try APIFixture.make()
        let files: [(String, String, [UInt8])] = [
            (
                "/dashboard", "text/html; charset=utf-8",
                try Self.source("Dashboard/Files/index.html")
            ),
            (
                "/dashboard/app.js", "text/javascript; charset=utf-8",
                try Self.source("Dashboard/Files/app.js")
            ),
            (
                "/dashboard/style.css", "text/css; charset=utf-8",
                try Self.source("Dashboard/Files/style.css")
            ),
            ("/openapi.json", "application/json", try Self.source("OpenAPI/openapi.json")),
        ]
        for (path, type, bytes) in files {
            let answer = await fixture.request(.get, path)
            #expect(answer.status == 200 && answer.body == bytes, "\(path)")
            #expect(answer.headers[.contentType] == type)
            let tag = try #require(answer.headers[.eTag])
            #expect(tag.hasPrefix("\"") && tag.count == 34)
            let again = await fixture.request(.get, path, headers: [.ifNoneMatch: tag])
            #expect(again.status == 304 && again.body.isEmpty, "\(path)")
            #expect(again.headers[.eTag] == tag)
            let other = await fixture.request(.get, path, headers: [.ifNoneMatch: "\"0\""])
            #expect(other.status == 200)
        }
    }
}
