import Core
import HTTPTypes
import Hummingbird
import Synchronization
import Testing

@testable import API

/// Every route of the table with credentials of every kind: the answer is what the table says.
@Suite("Every route with every kind of credentials")
struct AccessTableTests {
    /// What somebody shows, and whom it makes them; nil: nobody.
    private struct Shown {
        var name: String
        var text: String?
        var role: Role?
    }

    /// Each request from an address of its own, or failures would lock the next ones out.
    private final class Addresses: Sendable {
        private let count = Atomic(0)

        func next() -> API.Source {
            let number = count.add(1, ordering: .relaxed).newValue
            return .address("10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)")
        }
    }

    private func key(
        _ role: Role, in fixture: APIFixture, expiresAt: Timestamp? = nil
    ) -> APIKeyToken {
        let token = APIKeyToken.make()
        fixture.services.keys.apply(
            .create(
                StoredKey(
                    id: token.id, name: "test", role: role, hash: token.hash,
                    createdAt: fixture.clock.now(), expiresAt: expiresAt, createdBy: "test")))
        return token
    }

    private func keys(in fixture: APIFixture) -> [Shown] {
        let (ring, now) = (fixture.services.keys, fixture.clock.now())
        var all = [
            Shown(name: "no key"),
            Shown(name: "an unknown key", text: APIKeyToken.make().revealed),
            Shown(name: "half a key", text: "jamey_0123456789ab"),
        ]
        for role in Role.allCases {
            let good = key(role, in: fixture)
            all.append(Shown(name: "\(role)", text: good.revealed, role: role))
            let wrong = APIKeyToken.make(id: good.id)
            all.append(Shown(name: "\(role), wrong secret", text: wrong.revealed))
            let expired = key(role, in: fixture, expiresAt: now)
            all.append(Shown(name: "\(role), expired", text: expired.revealed))
            let revoked = key(role, in: fixture)
            ring.apply(.revoke(id: revoked.id, at: now))
            all.append(Shown(name: "\(role), revoked", text: revoked.revealed))
        }
        let old = key(.viewer, in: fixture)
        let new = APIKeyToken.make(id: old.id)
        ring.apply(.rotate(id: old.id, hash: new.hash, previousUntil: now + .seconds(60)))
        all.append(Shown(name: "old, in rotation", text: old.revealed, role: .viewer))
        all.append(Shown(name: "new, in rotation", text: new.revealed, role: .viewer))
        let over = key(.admin, in: fixture)
        ring.apply(
            .rotate(id: over.id, hash: APIKeyToken.make().hash, previousUntil: now))
        all.append(Shown(name: "old, rotated away", text: over.revealed))
        return all
    }

    private func tokens(at site: TokenSite) async throws -> [Shown] {
        var all: [Shown] = []
        for issuer in try await site.issuers() {
            for role in Role.allCases {
                let text = try issuer.token(["role": .string(role.rawValue)])
                all.append(Shown(name: "\(role) by \(issuer.algorithm)", text: text, role: role))
            }
        }
        return all
            + (try await BadToken.all(at: site)).map { Shown(name: $0.name, text: $0.text) }
    }

    /// With a segment that stands for nothing.
    private func path(of route: APIRoute) -> String {
        route.path.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("{") ? "1" : String($0) }.joined(separator: "/")
    }

    private func fixture(_ site: TokenSite) async throws -> APIFixture {
        let jwt = try site.settings()
        let fixture = try APIFixture.make(settings: { settings, _ in settings.jwt = jwt })
        await fixture.server.reload()
        return fixture
    }

    private func expect(
        _ status: Int, of route: APIRoute, for shown: Shown, _ access: RouteAccess
    ) {
        let place = "\(route.pattern) for \(shown.name): \(status)"
        switch (access, shown.role) {
        case (.anyone, _): #expect(![401, 403, 429].contains(status), "\(place)")
        case (.role, nil): #expect(status == 401, "\(place)")
        case (.role(let needed), let role?) where role < needed:
            #expect(status == 403, "\(place)")
        case (.role, _): #expect(![401, 403, 429].contains(status), "\(place)")
        }
    }

    @Test("what the table says is what is answered")
    func table() async throws {
        let site = try TokenSite()
        let fixture = try await fixture(site)
        let addresses = Addresses()
        let all = keys(in: fixture) + (try await tokens(at: site))
        for route in APIRoute.allCases {
            for shown in all {
                let response = try await fixture.respond(
                    route.method, path(of: route), token: shown.text, from: addresses.next())
                expect(response.status.code, of: route, for: shown, route.access)
                let asks = response.headers[.wwwAuthenticate]
                #expect((asks != nil) == (response.status == .unauthorized), "\(route.pattern)")
            }
        }
    }

    @Test("HEAD is held to what GET is")
    func head() async throws {
        let fixture = try await fixture(try TokenSite())
        let addresses = Addresses()
        let all = keys(in: fixture)
        for route in APIRoute.allCases where route.method == .get {
            for shown in all {
                let response = try await fixture.respond(
                    .head, path(of: route), token: shown.text, from: addresses.next())
                expect(response.status.code, of: route, for: shown, route.access)
            }
        }
    }

    @Test("the local socket may do everything")
    func localSocket() async throws {
        let fixture = try await fixture(try TokenSite())
        for route in APIRoute.allCases {
            let response = try await fixture.respond(
                route.method, path(of: route), from: .unix(uid: 1_000))
            #expect(![401, 403, 429].contains(response.status.code), "\(route.pattern)")
        }
    }

    @Test("a viewer may evaluate without effect, and metrics are open where it says so")
    func exceptions() async throws {
        let fixture = try APIFixture.make(settings: { settings, _ in
            settings.isMetricsOpen = true
        })
        let viewer = key(.viewer, in: fixture).revealed
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

    @Test("a probe with an old key is answered, and told no more than anyone")
    func probe() async throws {
        let fixture = try await fixture(try TokenSite())
        let (old, good) = (APIKeyToken.make().revealed, key(.viewer, in: fixture).revealed)
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
