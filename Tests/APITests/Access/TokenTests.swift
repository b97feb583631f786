import Core
import Testing

@testable import API

@Suite("JSON Web Tokens")
struct TokenTests {
    private func fault(_ result: Result<Principal, TokenFault>) -> TokenFault? {
        if case .failure(let fault) = result { fault } else { nil }
    }

    @Test("a good token of every algorithm is taken, with its subject and its role")
    func good() async throws {
        let site = try TokenSite()
        let verifier = await site.verifier(try site.settings())
        for issuer in try await site.issuers() {
            for role in Role.allCases {
                let token = try issuer.token(["role": .string(role.rawValue)])
                let principal = try verifier.verify(token, at: TokenIssuer.now).get()
                #expect(
                    principal.name == TokenIssuer.subject && principal.role == role,
                    "\(issuer.algorithm)")
            }
        }
    }

    @Test("no bad token is taken, and why not is known")
    func bad() async throws {
        let site = try TokenSite()
        let verifier = await site.verifier(try site.settings())
        let all = try await BadToken.all(at: site)
        #expect(all.count >= 50)
        for bad in all {
            let found = fault(verifier.verify(bad.text, at: TokenIssuer.now))
            #expect(found == bad.fault, "\(bad.name): \(found.map(\.rawValue) ?? "it was taken")")
        }
        let provoked = Set(all.map(\.fault))
        #expect(provoked == Set(TokenFault.allCases), "a fault that no token provokes")
    }

    @Test("the examples of RFC 7515 have right signatures, and not with a byte changed")
    func examples() async throws {
        let site = try TokenSite()
        let set = #"""
            {"keys":[{"kty":"oct","k":"\#(RFC7515.secret)"},
            {"kty":"RSA","n":"\#(RFC7515.modulus)","e":"\#(RFC7515.exponent)"},
            {"kty":"EC","crv":"P-256","x":"\#(RFC7515.x)","y":"\#(RFC7515.y)"}]}
            """#
        let path = try site.write(set, to: "jwks.json")
        let verifier = await site.verifier(APISettings.JWT(jwksFile: path, issuer: "joe"))
        let then = Timestamp(microseconds: RFC7515.time * 1_000_000)
        for token in [RFC7515.hs256, RFC7515.rs256, RFC7515.es256] {
            // They have no subject, which is looked at behind signature, time and issuer.
            #expect(fault(verifier.verify(token, at: then)) == .subject, "\(token)")
            let late = then + .seconds(31)
            #expect(fault(verifier.verify(token, at: late)) == .expired, "\(token)")
            let changed = token.replacing(".eyJpc3Mi", with: ".eyJpc3Nj")
            #expect(fault(verifier.verify(changed, at: then)) == .signature, "\(changed)")
        }
    }

    @Test("clocks may differ by the leeway and no more")
    func leeway() async throws {
        let site = try TokenSite()
        var settings = try site.settings()
        settings.leeway = .seconds(10)
        let verifier = await site.verifier(settings)
        let issuer = TokenIssuer.hs256(site.secret, id: "hs-1")
        let start = TokenIssuer.seconds
        let token = try issuer.token(["nbf": .seconds(start), "iat": .seconds(start)])
        func fault(_ seconds: Int64) -> TokenFault? {
            self.fault(
                verifier.verify(token, at: Timestamp(microseconds: seconds * 1_000_000)))
        }
        #expect(fault(start - 11) == .notYetValid)
        #expect(fault(start - 10) == nil)
        #expect(fault(start + 3_609) == nil)
        #expect(fault(start + 3_610) == .expired)
    }

    @Test("times may have fractions, and a header numbers beyond all bounds")
    func numbers() async throws {
        let site = try TokenSite()
        let verifier = await site.verifier(try site.settings())
        let issuer = TokenIssuer.hs256(site.secret, id: "hs-1")
        let fraction = Double(TokenIssuer.seconds) - 29.5
        let soon = try issuer.token(["iat": nil, "exp": .number(.double(fraction))])
        #expect(fault(verifier.verify(soon, at: TokenIssuer.now)) == nil)
        #expect(fault(verifier.verify(soon, at: TokenIssuer.now + .seconds(1))) == .expired)
        let odd = try issuer.token(header: ["x": .number(.double(1e300))])
        #expect(fault(verifier.verify(odd, at: TokenIssuer.now)) == nil)
    }

    @Test("one of several audiences and the highest of several roles count")
    func lists() async throws {
        let site = try TokenSite()
        var settings = try site.settings()
        settings.roleClaim = "https://jamey.example/roles"
        let verifier = await site.verifier(settings)
        let issuer = TokenIssuer.hs256(site.secret, id: "hs-1")
        func token(_ roles: [String]) throws -> String {
            try issuer.token([
                "aud": .array([.string("other"), .string(TokenIssuer.audience)]),
                "role": .string("admin"),
                settings.roleClaim: .array(roles.map { .string($0) }),
            ])
        }
        let several = try token(["offline_access", "viewer", "operator"])
        let principal = try verifier.verify(several, at: TokenIssuer.now).get()
        #expect(principal.role == .operator)
        for roles in [["root"], []] {
            let token = try token(roles)
            #expect(fault(verifier.verify(token, at: TokenIssuer.now)) == .role, "\(roles)")
        }
    }

    @Test("a token for somebody is not taken where no audience is configured")
    func noAudience() async throws {
        let site = try TokenSite()
        var settings = try site.settings()
        settings.audience = nil
        settings.issuer = nil
        let verifier = await site.verifier(settings)
        let issuer = TokenIssuer.hs256(site.secret, id: "hs-1")
        let named = try issuer.token()
        #expect(fault(verifier.verify(named, at: TokenIssuer.now)) == .audience)
        let open = try issuer.token(["aud": nil, "iss": nil])
        #expect(fault(verifier.verify(open, at: TokenIssuer.now)) == nil)
    }

    @Test("a key without a kid verifies tokens with any and with none, of its algorithm only")
    func keyWithoutID() async throws {
        let site = try TokenSite()
        var settings = try site.settings()
        settings.keys = settings.keys.filter { $0.algorithm == .es256 }
        settings.keys[0].id = nil
        let verifier = await site.verifier(settings)
        let named = try TokenIssuer.es256(site.es256, id: "whatever").token()
        let plain = try TokenIssuer.es256(site.es256).token()
        let other = try TokenIssuer.hs256(site.secret).token()
        #expect(fault(verifier.verify(named, at: TokenIssuer.now)) == nil)
        #expect(fault(verifier.verify(plain, at: TokenIssuer.now)) == nil)
        #expect(fault(verifier.verify(other, at: TokenIssuer.now)) == .unknownKey)
    }

    @Test("no printed form of a token, a key or a verifier has a secret")
    func redacted() async throws {
        let site = try TokenSite()
        let verifier = await site.verifier(try site.settings())
        let text = try TokenIssuer.hs256(site.secret, id: "hs-1").token()
        let token = try CompactToken(text)
        let key = try await TokenKey.make(secret: site.secret, id: "hs-1")
        var dumped = ""
        dump(token, to: &dumped)
        dump(key, to: &dumped)
        dump(verifier, to: &dumped)
        let secrets = [
            "planted", text, String(text.suffix(43)), "\(site.secret[0]), \(site.secret[1])",
        ]
        let forms = [
            dumped, "\(token)", "\(key)", "\(verifier)", String(reflecting: token),
            String(reflecting: key), String(reflecting: verifier),
        ]
        for form in forms {
            for secret in secrets { #expect(!form.contains(secret), "\(form)") }
        }
    }
}
