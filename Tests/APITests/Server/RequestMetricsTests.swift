import Core
import Foundation
import HTTPTypes
import Testing

@testable import API

@Suite("Metrics of requests")
struct RequestMetricsTests {
    private func text(_ fixture: APIFixture) async -> String {
        await fixture.admin(.get, "/metrics").text
    }

    @Test("requests are counted by the pattern of their route, never by what strangers write")
    func counted() async throws {
        let fixture = try APIFixture.make()
        for id in ["one", "two"] { _ = await fixture.admin(.get, "/decisions/\(id)") }
        _ = await fixture.admin(.head, "/status")
        _ = await fixture.request(.get, "/status")
        _ = await fixture.admin(.get, "/nowhere/at/all")
        let brew = try #require(HTTPRequest.Method("BREW"))
        _ = await fixture.admin(brew, "/status")
        let text = await text(fixture)
        for (labels, count) in [
            (#"route="/decisions/{id}",method="GET",status="4xx""#, 2),
            (#"route="/status",method="HEAD",status="2xx""#, 1),
            (#"route="/status",method="GET",status="4xx""#, 1),
            (#"route="other",method="GET",status="4xx""#, 1),
            (#"route="other",method="other",status="4xx""#, 1),
        ] {
            let line = "jamey_api_requests_total{\(labels)} \(count)\n"
            #expect(text.contains(line), "\(line)\(text)")
        }
        for word in ["nowhere", "BREW", "one\"", "two\""] { #expect(!text.contains(word)) }
        #expect(text.contains("jamey_api_request_seconds_count 6\n"))
    }

    @Test("listeners to events are a gauge")
    func listeners() async throws {
        let fixture = try APIFixture.make()
        let seat = try await fixture.services.events.enter()
        let before = await text(fixture)
        #expect(before.contains("\njamey_api_event_listeners 1\n"), "\(seat.number)")
        #expect(before.contains("\njamey_api_connections 0\n"))
    }

    @Test("docs/metrics.md names every one of them, and none that is not there")
    func documented() throws {
        let page = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/metrics.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let names = text.matches(of: /`(jamey_api_[a-z_]+)(?:\{[^`]*)?`/).map { String($0.1) }
        let own = RequestMetrics(clock: TestClock()).samples(connections: 0, listeners: 0)
        // The first is there from the first request on, and a histogram has three; these two are
        // the agent's.
        let told = Set(own.map { $0.name + $0.suffix } + ["jamey_api_requests_total"])
        let agents: Set = ["jamey_api_refusals_total", "jamey_api_lockouts_total"]
        let named = Set(names).subtracting(agents).subtracting(["jamey_api_request_seconds"])
        #expect(named == told)
    }
}
