import Core
import HTTPTypes
import Testing

@testable import API

@Suite("Rates and lock-outs over the whole chain")
struct LimitsOverHTTPTests {
    private func fixture(perSecond: Double, burst: Int) throws -> APIFixture {
        try APIFixture.make(settings: { settings, _ in
            settings.rate = APISettings.Rate(perSecond: perSecond, burst: burst)
        })
    }

    private func delay(_ answer: Answer) -> Int? { answer.headers[.retryAfter].flatMap { Int($0) } }

    @Test("an address has its burst, then has to wait as long as it is told, and others have not")
    func address() async throws {
        let fixture = try fixture(perSecond: 0.25, burst: 3)
        let (a, b) = (API.Source.address("192.0.2.1"), API.Source.address("192.0.2.2"))
        for _ in 0..<3 {
            #expect(await fixture.request(.get, "/livez", from: a).status == 200)
        }
        let refused = await fixture.request(.get, "/livez", from: a)
        #expect(refused.status == 429 && refused.code == "TOO_MANY_REQUESTS")
        #expect(delay(refused) == 4)
        #expect(await fixture.request(.get, "/livez", from: b).status == 200)
        #expect(await fixture.request(.get, "/livez", from: .unix(uid: 0)).status == 200)
        fixture.clock.advance(by: .milliseconds(3_999))
        #expect(await fixture.request(.get, "/livez", from: a).status == 429)
        fixture.clock.advance(by: .milliseconds(1))
        #expect(await fixture.request(.get, "/livez", from: a).status == 200)
    }

    @Test("a key has one rate, from however many addresses it is used")
    func key() async throws {
        let fixture = try fixture(perSecond: 1, burst: 3)
        let (key, other) = (
            try await fixture.key(role: .viewer), try await fixture.key(role: .viewer, name: "b")
        )
        for number in 0..<3 {
            let source = API.Source.address("192.0.2.\(number)")
            let answer = await fixture.request(.get, "/status", token: key, from: source)
            #expect(answer.status == 200, "\(answer.text)")
        }
        let source = API.Source.address("192.0.2.9")
        let refused = await fixture.request(.get, "/status", token: key, from: source)
        #expect(refused.code == "TOO_MANY_REQUESTS" && delay(refused) == 1, "\(refused.text)")
        let answer = await fixture.request(.get, "/status", token: other, from: source)
        #expect(answer.status == 200, "\(answer.text)")
    }

    /// One that takes the tokens of a site, at a rate of three.
    private func fixture(of site: TokenSite) async throws -> APIFixture {
        let jwt = try site.settings()
        let fixture = try APIFixture.make(settings: { settings, _ in
            settings.rate = APISettings.Rate(perSecond: 1, burst: 3)
            settings.jwt = jwt
        })
        await fixture.server.reload()
        return fixture
    }

    @Test("a subject has one rate, also where nobody has to be known, whatever its tokens are")
    func manyTokens() async throws {
        let site = try TokenSite()
        let fixture = try await fixture(of: site)
        let issuer = TokenIssuer.hs256(site.secret, id: "hs-1")
        var statuses: [Int] = []
        for number in 0..<4 {
            let token = try issuer.token(["jti": .string("\(number)")])
            let source = API.Source.address("192.0.2.\(number)")
            let answer = await fixture.request(.get, "/livez", token: token, from: source)
            statuses.append(answer.status)
        }
        #expect(statuses == [200, 200, 200, 429])
        let last = API.Source.address("192.0.2.3")
        #expect(await fixture.request(.get, "/livez", from: last).status == 200)
    }

    @Test("whoever is known has a rate of their own, whatever others at the address use up")
    func sharedAddress() async throws {
        let site = try TokenSite()
        let fixture = try await fixture(of: site)
        let key = try await fixture.key(role: .viewer)
        let token = try TokenIssuer.hs256(site.secret, id: "hs-1").token()
        for source in [API.Source.address("192.0.2.1"), .mqtt(topic: "api/requests")] {
            let answer = await fixture.request(.get, "/status", token: token, from: source)
            #expect(answer.status == 200, "\(answer.text)")
            func flood() async {
                for _ in 0..<9 { _ = await fixture.request(.get, "/livez", from: source) }
            }
            await flood()
            #expect(await fixture.request(.get, "/livez", from: source).status == 429)
            for shown in [key, token] {
                let answer = await fixture.request(.get, "/status", token: shown, from: source)
                #expect(answer.status == 200, "\(answer.text)")
            }
            let guess = APIKeyToken.make().revealed
            let others = await fixture.request(.get, "/status", token: guess, from: source)
            #expect(others.code == "TOO_MANY_REQUESTS", "\(others.text)")
            fixture.clock.advance(by: .seconds(10))
        }
    }

    @Test("the dashboard's files have a rate of their own, which is one as well")
    func files() async throws {
        let fixture = try fixture(perSecond: 1, burst: 3)
        let source = API.Source.address("192.0.2.1")
        func statuses(_ path: String, _ count: Int) async -> [Int] {
            var statuses: [Int] = []
            for _ in 0..<count {
                statuses.append(await fixture.request(.get, path, from: source).status)
            }
            return statuses
        }
        let most = 3 * Limits.rateOfFiles
        #expect(await statuses("/dashboard/app.js", most) == Array(repeating: 200, count: most))
        #expect(await statuses("/dashboard/app.js", 1) == [429])
        #expect(await statuses("/livez", 4) == [200, 200, 200, 429])
    }

    @Test("a rate of one's own is one, also where nobody has to be known and on what is over")
    func ownRate() async throws {
        let fixture = try fixture(perSecond: 1, burst: 3)
        let key = try await fixture.key(role: .viewer)
        let source = API.Source.address("192.0.2.1")
        for path in ["/livez", "/nothing"] {
            var statuses: [Int] = []
            for _ in 0..<4 {
                statuses.append(
                    await fixture.request(.get, path, token: key, from: source).status)
            }
            #expect(statuses.last == 429 && !statuses.dropLast().contains(429), "\(statuses)")
            fixture.clock.advance(by: .seconds(10))
        }
        let id = try #require(APIKeyToken(key)?.id)
        _ = await fixture.admin(.delete, "/keys/\(id)")
        for _ in 0..<3 { _ = await fixture.request(.get, "/livez", from: source) }
        let over = await fixture.request(.get, "/status", token: key, from: source)
        #expect(over.code == "TOO_MANY_REQUESTS", "\(over.text)")
    }

    @Test("what nobody has to be known for takes from the rate of its address, too")
    func withoutCredentials() async throws {
        let fixture = try APIFixture.make(settings: { settings, _ in
            settings.rate = APISettings.Rate(perSecond: 1, burst: 1)
            settings.corsOrigins = ["https://panel.example"]
        })
        let preflight: HTTPFields = [
            .origin: "https://panel.example", .accessControlRequestMethod: "PUT",
        ]
        let requests: [(method: HTTPRequest.Method, path: String, status: Int)] = [
            (.options, "/status", 204), (.get, "/nothing", 404), (.delete, "/livez", 405),
            (.get, "/status", 401), (.get, "/openapi.json", 200),
        ]
        for (place, request) in requests.enumerated() {
            let source = API.Source.address("192.0.2.\(place)")
            let headers = request.method == .options ? preflight : [:]
            let first = await fixture.request(
                request.method, request.path, from: source, headers: headers)
            #expect(first.status == request.status, "\(request.path): \(first.text)")
            let second = await fixture.request(
                request.method, request.path, from: source, headers: headers)
            #expect(second.status == 429, "\(request.path): \(second.text)")
            // Or a page could not tell why.
            let origin = second.headers[.accessControlAllowOrigin]
            #expect(origin == headers[.origin], "\(request.path)")
        }
    }

    @Test("brute force is slowed: a hundred guesses take more than sixteen hours")
    func bruteForce() async throws {
        let site = try TokenSite()
        let jwt = try site.settings()
        let fixture = try APIFixture.make(settings: { settings, _ in settings.jwt = jwt })
        await fixture.server.reload()
        let start = fixture.clock.monotonic()
        let source = API.Source.address("192.0.2.66")
        func show(_ secret: [UInt8]) async throws -> Answer {
            // A guesser's token is not over before it is found.
            let expiry = JSONValue.seconds(TokenIssuer.seconds + 7 * 86_400)
            let token = try TokenIssuer.hs256(secret, id: "hs-1").token(["exp": expiry])
            return await fixture.request(.get, "/status", token: token, from: source)
        }
        for guess in 0..<100 {
            // What somebody may come upon by trying: another secret each time.
            let secret = Array("a secret that somebody made up: \(guess)".utf8)
            let answer = try await show(secret)
            #expect(answer.code == "UNAUTHENTICATED", "guess \(guess): \(answer.text)")
            guard guess + 1 >= Limits.lockoutFailures else { continue }
            // Nor is the right one looked at meanwhile, or a guesser would lose nothing by waiting.
            let right = try await show(site.secret)
            #expect(right.code == "LOCKED_OUT", "guess \(guess): \(right.text)")
            let seconds = try #require(delay(right), "no Retry-After")
            fixture.clock.advance(by: .seconds(seconds))
        }
        #expect(fixture.clock.monotonic() - start > .seconds(60_000))
        let found = try await show(site.secret)
        #expect(found.status == 200, "\(found.text)")
    }
}
