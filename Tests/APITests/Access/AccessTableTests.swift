import Core
import HTTPTypes
import Hummingbird
import Synchronization
import Testing

@testable import API

/// Every route of the table with credentials of every kind: the answer is what the table says.
@Suite("Every route with every kind of credentials")
struct AccessTableTests {
    /// Each request from an address of its own, or failures would lock the next ones out.
    private final class Addresses: Sendable {
        private let count = Atomic(0)

        func next() -> API.Source {
            let number = count.add(1, ordering: .relaxed).newValue
            return .address("10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)")
        }
    }

    private func fixture(_ site: TokenSite) async throws -> APIFixture {
        let jwt = try site.settings()
        let fixture = try APIFixture.make(settings: { settings, _ in settings.jwt = jwt })
        await fixture.server.reload()
        return fixture
    }

    @Test("what the table says is what is answered")
    func table() async throws {
        let site = try TokenSite()
        let fixture = try await fixture(site)
        let addresses = Addresses()
        let all = Shown.keys(in: fixture) + (try await Shown.tokens(at: site))
        for route in APIRoute.allCases {
            for shown in all {
                let answer = try await answer(to: route, shown, fixture, addresses.next())
                route.expect(answer.status.code, for: shown)
                let isUnknown = answer.status == .unauthorized
                #expect(answer.isAsked == isUnknown, "\(route.pattern)")
                // One subject has so many places and no more.
                let events = fixture.server.services.events
                try await Condition.becomesTrue("no listener") { await events.seatCount == 0 }
            }
        }
    }

    /// What is answered, the answer itself being gone: a stream has a place as long as it is there.
    private func answer(
        to route: APIRoute, _ shown: Shown, _ fixture: APIFixture, _ source: API.Source
    ) async throws -> (status: HTTPResponse.Status, isAsked: Bool) {
        let response = try await fixture.respond(
            route.method, route.pathOfNothing, token: shown.text, from: source)
        return (response.status, response.headers[.wwwAuthenticate] != nil)
    }

    @Test("HEAD is held to what GET is")
    func head() async throws {
        let fixture = try await fixture(try TokenSite())
        let addresses = Addresses()
        let all = Shown.keys(in: fixture)
        for route in APIRoute.allCases where route.method == .get {
            for shown in all {
                let response = try await fixture.respond(
                    .head, route.pathOfNothing, token: shown.text, from: addresses.next())
                route.expect(response.status.code, for: shown)
            }
        }
    }

    @Test("the local socket may do everything")
    func localSocket() async throws {
        let fixture = try await fixture(try TokenSite())
        for route in APIRoute.allCases {
            let response = try await fixture.respond(
                route.method, route.pathOfNothing, from: .unix(uid: 1_000))
            let admin = Shown(name: "the local socket", role: .admin)
            route.expect(response.status.code, for: admin)
        }
    }

    @Test("a viewer may evaluate without effect, and metrics are open where it says so")
    func exceptions() async throws {
        let fixture = try APIFixture.make(settings: { settings, _ in
            settings.isMetricsOpen = true
        })
        let viewer = Shown.key(.viewer, in: fixture).revealed
        let dry = await fixture.request(.post, "/evaluate?dry_run=true", token: viewer)
        #expect(![401, 403].contains(dry.status), "\(dry.text)")
        for query in ["", "?dry_run=false", "?dry_run=1", "?dry_run=TRUE"] {
            let answer = await fixture.request(
                .post, "/evaluate" + query, token: viewer, body: #"{"action":"open"}"#)
            #expect(answer.status == 403, "\(query): \(answer.text)")
        }
        #expect(await fixture.request(.get, "/metrics").status == 200)
        #expect(await fixture.request(.get, "/status").status == 401)
    }

    @Test("what is no route says so to everybody, and is no attempt")
    func noRoute() async throws {
        let fixture = try await fixture(try TokenSite())
        let source = API.Source.address("192.0.2.66")
        for _ in 0..<20 {
            let token = APIKeyToken.make().revealed
            let missing = await fixture.request(.get, "/nothing", token: token, from: source)
            #expect(missing.status == 404, "\(missing.text)")
            let method = await fixture.request(.post, "/status", token: token, from: source)
            #expect(method.status == 405, "\(method.text)")
        }
    }

    @Test("credentials are not looked at where everybody is told the same, and are no attempt")
    func sameForEverybody() async throws {
        let fixture = try await fixture(try TokenSite())
        let source = API.Source.address("192.0.2.66")
        for path in ["/", "/openapi.json", "/dashboard", "/dashboard/app.js"] {
            for _ in 0..<2 * Limits.lockoutFailures {
                let token = APIKeyToken.make().revealed
                let answer = await fixture.request(.get, path, token: token, from: source)
                #expect(answer.status == 200, "\(answer.text)")
            }
        }
        let token = APIKeyToken.make().revealed
        let first = await fixture.request(.get, "/status", token: token, from: source)
        #expect(first.code == "UNAUTHENTICATED", "\(first.text)")
    }

    @Test("a probe with an old key is answered, and told no more than anyone")
    func probe() async throws {
        let fixture = try await fixture(try TokenSite())
        let (old, good) = (APIKeyToken.make().revealed, Shown.key(.viewer, in: fixture).revealed)
        var texts: [String] = []
        for token in [nil, old, good] {
            let answer = await fixture.request(.get, "/livez", token: token)
            #expect(answer.status == 200, "\(answer.text)")
            texts.append(answer.text)
        }
        #expect(texts[0] == texts[1])
        #expect(texts[2].utf8.count > texts[0].utf8.count, "a known one is told more")
    }

    @Test("guessing keys where anyone is answered is an attempt all the same")
    func guessingAtProbes() async throws {
        let fixture = try await fixture(try TokenSite())
        let source = API.Source.address("192.0.2.66")
        for _ in 0..<Limits.lockoutFailures {
            let guess = APIKeyToken.make().revealed
            let answer = await fixture.request(.get, "/livez", token: guess, from: source)
            #expect(answer.status == 200)
        }
        let guess = APIKeyToken.make().revealed
        let answer = await fixture.request(.get, "/status", token: guess, from: source)
        #expect(answer.code == "LOCKED_OUT", "\(answer.text)")
    }
}
