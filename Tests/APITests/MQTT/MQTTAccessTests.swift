import Agent
import Core
import Testing

@testable import API

/// Every route of the table by MQTT: who is refused is the same as by HTTP.
@Suite("Every route by MQTT with every kind of credentials")
struct MQTTAccessTests {
    private static func credentials(
        _ fixture: APIFixture, _ site: TokenSite
    ) async throws -> [Shown] {
        let now = fixture.clock.now()
        var all = [
            Shown(name: "nobody"),
            Shown(name: "an unknown key", text: APIKeyToken.make().revealed),
            Shown(
                name: "an expired key",
                text: Shown.key(.admin, in: fixture, expiresAt: now).revealed),
            Shown(name: "a revoked key", text: Shown.revokedKey(.admin, in: fixture).revealed),
        ]
        let issuers = try await site.issuers()
        let issuer = try #require(issuers.last)
        for role in Role.allCases {
            let key = Shown.key(role, in: fixture)
            all.append(Shown(name: "\(role) by key", text: key.revealed, role: role))
            let token = try issuer.token(["role": .string(role.rawValue)])
            all.append(Shown(name: "\(role) by token", text: token, role: role))
        }
        let names: Set = ["alg none", "wrong audience", "another secret", "expired"]
        let bad = try await BadToken.all(at: site).filter { names.contains($0.name) }
        try #require(bad.count == names.count)
        return all + bad.map { Shown(name: $0.name, text: $0.text) }
    }

    @Test("what the table says is what is answered, and where the topic allows less, that")
    func table() async throws {
        let site = try TokenSite()
        let jwt = try site.settings()
        let fixture = try APIFixture.make(settings: { settings, _ in settings.jwt = jwt })
        await fixture.server.reload()
        let requests = try #require(fixture.server.requests())
        let all = try await Self.credentials(fixture, site)
        for (place, route) in APIRoute.allCases.enumerated() {
            for (number, shown) in all.enumerated() {
                for most in [Role.admin, .viewer] {
                    // A topic of its own, or failures would lock the next ones out.
                    let topic = RequestTopic("api/\(most)/\(place)/\(number)", role: most)
                    let answer = try await requests.answer(
                        to: Self.request(route), token: shown.text, on: topic)
                    var held = shown
                    held.role = shown.role.map { min($0, most) }
                    Self.expect(answer, of: route, for: held)
                }
            }
        }
    }

    private static func request(_ route: APIRoute) -> String {
        #"{"method":"\#(route.method.rawValue)","path":"\#(route.pathOfNothing)"}"#
    }

    /// What cannot be carried has no status, and nobody is refused by it.
    private static func expect(_ answer: JSONValue, of route: APIRoute, for shown: Shown) {
        if let status = answer["status"]?.int {
            route.expect(Int(status), for: shown)
        } else {
            let isPage = [.openAPI, .dashboard, .dashboardFile].contains(route)
            let place = "\(route.pattern) for \(shown.name)"
            #expect(isPage, "\(place)")
            let code = answer["code"]?.string ?? ""
            #expect(["NOT_BY_MQTT", "ANSWER_TOO_LARGE"].contains(code), "\(place): \(code)")
        }
    }
}
