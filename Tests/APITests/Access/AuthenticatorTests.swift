import Agent
import Core
import Logging
import Testing

@testable import API

@Suite("Finding out who asks")
struct AuthenticatorTests {
    /// A door with one key, and tokens where they are asked for.
    private struct Door {
        let clock = TestClock()
        let ring: KeyRing
        let key = APIKeyToken.make()
        let log = ListedLog()
        let access: AccessLog
        let authenticator: Authenticator

        init(tokens: TokenVerifier? = nil, ring: KeyRing = KeyRing([])) {
            self.ring = ring
            let log = self.log
            access = AccessLog(
                port: AgentPort(), clock: clock, log: Logger(label: "test") { _ in log })
            authenticator = Authenticator(
                keys: ring, tokens: tokens, access: access, clock: clock)
            ring.apply(.create(stored(key)))
        }

        func stored(_ token: APIKeyToken, expiresAt: Timestamp? = nil) -> StoredKey {
            StoredKey(
                id: token.id, name: "grafana", role: .operator, hash: token.hash,
                createdAt: clock.now(), expiresAt: expiresAt, createdBy: "unix")
        }

        func show(
            _ header: String?, from source: API.Source = .address("192.0.2.1")
        ) -> Result<Principal, APIError> {
            authenticator.authenticate(header: header, source: source, at: clock.now())
        }

        /// A wrong key, each time another one.
        func fail(from source: API.Source) -> String {
            code(show("Bearer " + APIKeyToken.make().revealed, from: source))
        }

        func code(_ result: Result<Principal, APIError>) -> String {
            switch result {
            case .success(let principal): "\(principal.role)"
            case .failure(let error): error.code
            }
        }
    }

    @Test("the local socket is an administrator, by the account at its other end")
    func unix() throws {
        let door = Door()
        let known = try door.show(nil, from: .unix(uid: 1_000)).get()
        #expect(known == Principal(name: "uid:1000", role: .admin))
        let unknown = try door.show(nil, from: .unix(uid: nil)).get()
        #expect(unknown == Principal(name: "unix", role: .admin))
    }

    @Test("who shows credentials at the local socket is taken by these")
    func unixWithKey() throws {
        let door = Door()
        let shown = try door.show("Bearer " + door.key.revealed, from: .unix(uid: 0)).get()
        #expect(shown.role == .operator)
        #expect(door.code(door.show("Bearer nonsense", from: .unix(uid: 0))) == "UNAUTHENTICATED")
    }

    @Test("a key is known by its id and name, a token by its subject, from everywhere alike")
    func keyAndToken() async throws {
        let site = try TokenSite()
        let door = Door(tokens: await site.verifier(try site.settings()))
        let token = try TokenIssuer.hs256(site.secret, id: "hs-1").token()
        for source in [API.Source.address("2001:db8::1"), .mqtt(topic: "api/requests")] {
            let key = try door.show("Bearer " + door.key.revealed, from: source).get()
            #expect(key.name == "key:\(door.key.id) grafana" && key.role == .operator)
            #expect(key.shown == .key(id: door.key.id, hash: door.key.hash))
            let principal = try door.show("bearer  " + token, from: source).get()
            #expect(principal.name == TokenIssuer.subject && principal.role == .viewer)
        }
    }

    @Test("everybody who is sent away gets the same answer")
    func sameAnswer() async throws {
        let site = try TokenSite()
        let door = Door(tokens: await site.verifier(try site.settings()))
        let (expired, revoked) = (APIKeyToken.make(), APIKeyToken.make())
        door.ring.apply(.create(door.stored(expired, expiresAt: door.clock.now())))
        door.ring.apply(.create(door.stored(revoked)))
        door.ring.apply(.revoke(id: revoked.id, at: door.clock.now()))
        let key = door.key.revealed
        var headers: [String?] = [
            nil, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", key, "Bearer \(key) \(key)",
            "Bearer \(key)x", "Bearer " + APIKeyToken.make().revealed,
            "Bearer " + APIKeyToken.make(id: door.key.id).revealed,
            "Bearer " + expired.revealed, "Bearer " + revoked.revealed,
            "Bearer " + String(repeating: "x", count: 100_000),
        ]
        headers += try await BadToken.all(at: site).map { "Bearer " + $0.text }
        let plain = APIError.unauthenticated
        for (number, header) in headers.enumerated() {
            let source = API.Source.address("10.1.\(number / 250).\(number % 250)")
            guard case .failure(let error) = door.show(header, from: source) else {
                Issue.record("it was taken: \(header ?? "nothing")")
                continue
            }
            #expect(error.status == plain.status && error.code == plain.code)
            #expect(error.message == plain.message && error.headers == plain.headers)
            #expect(error.details == nil && error.extra.isEmpty)
        }
    }

    @Test("failures lock an address out, longer each time, and nobody elsewhere")
    func lockout() async throws {
        let site = try TokenSite()
        let door = Door(tokens: await site.verifier(try site.settings()))
        let attacker = API.Source.address("192.0.2.66")
        let right = "Bearer " + (try TokenIssuer.hs256(site.secret, id: "hs-1").token())
        for number in 1...Limits.lockoutFailures {
            #expect(door.fail(from: attacker) == "UNAUTHENTICATED", "attempt \(number)")
        }
        guard case .failure(let error) = door.show(right, from: attacker) else {
            Issue.record("what can be guessed was looked at from a locked address")
            return
        }
        #expect(error.code == "LOCKED_OUT" && error.status == .tooManyRequests)
        #expect(error.headers[.retryAfter] == "1")
        #expect(door.code(door.show(right)) == "viewer", "another address is locked, too")
        door.clock.advance(by: .seconds(1))
        #expect(door.fail(from: attacker) == "UNAUTHENTICATED")
        door.clock.advance(by: .seconds(1))
        #expect(door.fail(from: attacker) == "LOCKED_OUT")
        door.clock.advance(by: .seconds(1))
        #expect(door.code(door.show(right, from: attacker)) == "viewer")
    }

    @Test("what nobody guesses is looked at although the address waits; what is wrong waits")
    func unguessable() async throws {
        let site = try TokenSite()
        let door = Door(tokens: await site.verifier(try site.settings()))
        let proxy = API.Source.address("127.0.0.1")
        for _ in 0...Limits.lockoutFailures { _ = door.fail(from: proxy) }
        for issuer in try await site.issuers() {
            let shown = "Bearer " + (try issuer.token())
            let expected = issuer.algorithm == "HS256" ? "LOCKED_OUT" : "viewer"
            #expect(door.code(door.show(shown, from: proxy)) == expected, "\(issuer.algorithm)")
            let forged = "Bearer " + (try issuer.token(header: ["kid": .string("other")]))
            #expect(door.code(door.show(forged, from: proxy)) == "LOCKED_OUT")
        }
        let right = "Bearer " + door.key.revealed
        #expect(door.code(door.show(right, from: proxy)) == "operator")
        for _ in 0..<20 { #expect(door.fail(from: proxy) == "LOCKED_OUT") }
        // None of these made the wait longer, or who shares the address would pay for them.
        guard case .failure(let error) = door.show("Bearer x", from: proxy) else {
            Issue.record("nonsense was taken")
            return
        }
        #expect(error.headers[.retryAfter] == "1")
    }

    @Test("whoever has the right key is not locked out by others at the same address")
    func sharedAddress() {
        let door = Door()
        let proxy = API.Source.address("127.0.0.1")
        let right = "Bearer " + door.key.revealed
        #expect(door.code(door.show(right, from: proxy)) == "operator")
        for _ in 0..<20 { _ = door.fail(from: proxy) }
        #expect(door.fail(from: proxy) == "LOCKED_OUT")
        #expect(door.code(door.show(right, from: proxy)) == "operator")
        door.ring.apply(.revoke(id: door.key.id, at: door.clock.now()))
        #expect(door.code(door.show(right, from: proxy)) == "UNAUTHENTICATED")
    }

    @Test("however many keys are good at an address, a token that was is known there")
    func placesOfTokens() async throws {
        let site = try TokenSite()
        let door = Door(tokens: await site.verifier(try site.settings()))
        let proxy = API.Source.address("127.0.0.1")
        let token = "Bearer " + (try TokenIssuer.hs256(site.secret, id: "hs-1").token())
        #expect(door.code(door.show(token, from: proxy)) == "viewer")
        for _ in 0...Limits.lockoutProofsOfOne {
            let key = APIKeyToken.make()
            door.ring.apply(.create(door.stored(key)))
            #expect(door.code(door.show("Bearer " + key.revealed, from: proxy)) == "operator")
        }
        for _ in 0...Limits.lockoutFailures { _ = door.fail(from: proxy) }
        #expect(door.fail(from: proxy) == "LOCKED_OUT")
        #expect(door.code(door.show(token, from: proxy)) == "viewer")
    }

    @Test("a guesser who knows the id of a key does not lock its owner out, wherever from")
    func knownID() {
        let door = Door()
        let right = "Bearer " + door.key.revealed
        for number in 0..<500 {
            let source = API.Source.address("10.2.\(number / 250).\(number % 250)")
            _ = door.show("Bearer " + APIKeyToken.make(id: door.key.id).revealed, from: source)
        }
        #expect(door.code(door.show(right, from: .address("203.0.113.5"))) == "operator")
    }

    @Test("what is over is no guess: an old key or token locks nobody out")
    func noGuess() async throws {
        let site = try TokenSite()
        let door = Door(tokens: await site.verifier(try site.settings()))
        let expired = APIKeyToken.make()
        door.ring.apply(.create(door.stored(expired, expiresAt: door.clock.now())))
        let issuer = TokenIssuer.hs256(site.secret, id: "hs-1")
        let late = try issuer.token(["exp": .seconds(TokenIssuer.seconds - 1_000), "iat": nil])
        for _ in 0..<50 {
            for shown in [expired.revealed, late] {
                #expect(door.code(door.show("Bearer " + shown)) == "UNAUTHENTICATED")
            }
        }
    }

    @Test("where no tokens are configured, none is taken, and trying is an attempt")
    func noTokens() throws {
        let door = Door()
        let token = try TokenIssuer.hs256([UInt8](repeating: 1, count: 32)).token()
        let codes = (0...Limits.lockoutFailures).map { _ in
            door.code(door.show("Bearer " + token))
        }
        #expect(codes.dropLast().allSatisfy { $0 == "UNAUTHENTICATED" }, "\(codes)")
        #expect(codes.last == "LOCKED_OUT")
    }

    @Test("while the store's keys cannot be read a key is no guess: it is to come again")
    func notLoaded() async throws {
        let ring = KeyRing()
        let door = Door(ring: ring)
        let shown = APIKeyToken.make()
        for _ in 0..<4 * Limits.lockoutFailures {
            guard case .failure(let error) = door.show("Bearer " + shown.revealed) else {
                Issue.record("a key that nobody knows was taken")
                return
            }
            #expect(error.status == .serviceUnavailable && error.code == "UNAVAILABLE")
            #expect(error.headers[.retryAfter] == "10" && error.headers[.wwwAuthenticate] == nil)
        }
        ring.load([door.stored(door.key), door.stored(shown)])
        #expect(door.code(door.show("Bearer " + shown.revealed)) == "operator")
        let other = API.Source.address("192.0.2.9")
        #expect(door.fail(from: other) == "UNAUTHENTICATED")
    }
}
