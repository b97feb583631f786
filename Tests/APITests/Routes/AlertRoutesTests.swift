import Agent
import Core
import HTTPTypes
import Store
import Testing

@testable import API

@Suite("The routes of alerts")
struct AlertRoutesTests {
    private func alerts(_ fixture: APIFixture) async throws -> [JSONValue] {
        try await fixture.all("alerts", at: "/alerts", limit: 100)
    }

    @Test("what fires is shown as its decision, with what was said to it until it fires anew")
    func acknowledged() async throws {
        let fixture = try APIFixture.plant()
        let token = try await fixture.key(role: .operator, name: "shift")
        await fixture.measure("press-1", 90)
        let before = try #require(try await alerts(fixture).first)
        #expect(before["rule"]?.string == "hot" && before["entity"]?.string == "press-1")
        #expect(before["state"]?.string == "firing" && before["severity"]?.string == "critical")
        #expect(before["acknowledgement"] == nil)
        let id = try #require(before["decision_id"]?.string)
        let path = "/alerts/hot/press-1/ack"
        fixture.clock.advance(by: .seconds(60))
        let said = await fixture.request(
            .post, path, token: token, body: #"{"note":"on my way"}"#)
        #expect(said.status == 200 && said["decision_id"]?.string == id, "\(said.text)")
        let shown = try #require(try await alerts(fixture).first?["acknowledgement"])
        #expect(shown == said["acknowledgement"])
        #expect(shown["note"]?.string == "on my way")
        #expect(shown["by"]?.string?.hasSuffix(" shift") == true, "\(shown)")
        #expect(shown["from"]?.string == "127.0.0.1")
        #expect(shown["at"]?.string == fixture.clock.now().rfc3339())

        await fixture.measure("press-1", 20)
        #expect(try await alerts(fixture).isEmpty)
        let gone = await fixture.request(.post, path, token: token)
        #expect(gone.status == 404 && gone.code == "NOT_FOUND", "\(gone.text)")
        await fixture.measure("press-1", 91)
        let anew = try #require(try await alerts(fixture).first)
        #expect(anew["decision_id"]?.string != id && anew["acknowledgement"] == nil)
    }

    @Test("names with slashes and letters of any kind, and a body that is not there")
    func names() async throws {
        let fixture = try APIFixture.plant()
        await fixture.hear("line/nörd/lathe 7%", #"{"db":99}"#)
        let entity = "nörd/lathe 7%"
        #expect(try await alerts(fixture).first?["entity"]?.string == entity)
        let path = "/alerts/loud/\(entity.percentEncoded)/ack"
        let said = await fixture.admin(.post, path)
        #expect(said.status == 200 && said["entity"]?.string == entity, "\(said.text)")
        #expect(said["acknowledgement"]?["note"] == nil)
        #expect(try await alerts(fixture).first?["acknowledgement"]?["by"]?.string == "uid:0")
        let raw = await fixture.admin(.post, "/alerts/loud/nörd/lathe/ack")
        #expect(raw.status == 404, "\(raw.text)")
    }

    @Test("the newest first; pages have every one once")
    func pages() async throws {
        let fixture = try APIFixture.plant()
        for number in 1...9 {
            await fixture.measure("press-\(number)", 90)
            // Three begin at each moment.
            if number % 3 == 0 { fixture.clock.advance(by: .seconds(1)) }
        }
        let whole = try await alerts(fixture)
        let names = whole.compactMap { $0["entity"]?.string }
        #expect(Set(names) == Set((1...9).map { "press-\($0)" }))
        #expect(Set(names.prefix(3)) == ["press-7", "press-8", "press-9"])
        for limit in [1, 2, 9] {
            let found = try await fixture.all("alerts", at: "/alerts", limit: limit)
            #expect(found == whole, "\(limit) each")
        }
    }

    @Test("a page ends where its alerts have as many bytes as a list may have")
    func bytes() async throws {
        let fixture = try APIFixture.plant()
        for number in 1...3 { await fixture.measure("press-\(number)", 90) }
        let firing = try await fixture.services.ask { $0.firingAlerts() }
        let reader = try StoreReader(path: fixture.storePath)
        let whole = try AlertHandlers.page(of: firing, reader)
        try #require(whole.count == 3)
        let bytes = whole[0].count + whole[1].count
        let page = try AlertHandlers.page(of: firing, reader, bytesMax: bytes)
        #expect(page == Array(whole.prefix(2)))
    }

    @Test("an alert whose decision retention has deleted is shown by what is known of it")
    func forgottenDecision() async throws {
        let fixture = try APIFixture.plant()
        await fixture.measure("press-1", 90)
        let firing = try await fixture.services.ask { $0.firingAlerts() }
        let alert = try #require(firing.first)
        let json = try JSONScanner.scan(AlertView(alert: alert).json)
        #expect(json["rule"]?.string == "hot" && json["entity"]?.string == "press-1")
        #expect(json["decision_id"]?.string == alert.decisionID)
    }

    @Test("what is wrong is refused with what would be right")
    func refused() async throws {
        let fixture = try APIFixture.plant()
        await fixture.measure("press-1", 90)
        await fixture.expectRefused(
            "/alerts",
            [
                ("limit=0", "BAD_LIMIT"), ("cursor=x", "BAD_CURSOR"), ("cursor=-1", "BAD_CURSOR"),
                ("rule=hot", "BAD_PARAMETER"),
            ])
        let long = String(repeating: "a", count: Limits.acknowledgementNoteBytesMax + 1)
        for (body, code) in [
            ("[]", "NOT_AN_OBJECT"), ("{", "BAD_JSON"), (#"{"note":7}"#, "BAD_NOTE"),
            (#"{"note":"\#(long)"}"#, "BAD_NOTE"),
        ] {
            let answer = await fixture.admin(.post, "/alerts/hot/press-1/ack", body: body)
            #expect(answer.status == 400 && answer.code == code, "\(body): \(answer.text)")
        }
        for path in ["/alerts/hot/press-2/ack", "/alerts/cold/press-1/ack"] {
            let none = await fixture.admin(.post, path, body: "{}")
            #expect(none.status == 404 && none.code == "NOT_FOUND", "\(path): \(none.text)")
        }
        #expect(try await alerts(fixture).first?["acknowledgement"] == nil)
    }
}
