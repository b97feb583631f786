import Core
import Crypto
import JWTKit
import Testing

@testable import API

@Suite("Files with keys for tokens")
struct TokenKeyFileTests {
    private func isTaken(_ token: String, by verifier: TokenVerifier) -> Bool {
        if case .success = verifier.verify(token, at: TokenIssuer.now) { true } else { false }
    }

    private func isTaken(of issuer: TokenIssuer, by verifier: TokenVerifier) throws -> Bool {
        isTaken(try issuer.token(), by: verifier)
    }

    private func set(_ keys: [String]) -> String { #"{"keys":[\#(keys.joined(separator: ","))]}"# }

    private func ellipticKey(
        _ key: P256.Signing.PrivateKey, _ id: String, more: String = ""
    ) -> String {
        let numbers = Array(key.publicKey.rawRepresentation)
        let x = Base64URL.encode(Array(numbers[..<32]))
        let y = Base64URL.encode(Array(numbers[32...]))
        return #"{"kty":"EC","crv":"P-256","kid":"\#(id)","x":"\#(x)","y":"\#(y)"\#(more)}"#
    }

    private func edwardsKey(_ key: Curve25519.Signing.PrivateKey, _ id: String) -> String {
        let x = Base64URL.encode(Array(key.publicKey.rawRepresentation))
        return #"{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"\#(id)","x":"\#(x)"}"#
    }

    @Test("a key set verifies by the keys that it has, and passes over those for other uses")
    func keySet() async throws {
        let site = try TokenSite()
        let (a, b) = (P256.Signing.PrivateKey(), P256.Signing.PrivateKey())
        let path = try site.write(
            set([
                ellipticKey(a, "a", more: #","use":"sig","key_ops":["verify"]"#),
                ellipticKey(b, "b", more: #","use":"enc""#),
                ellipticKey(b, "c", more: #","alg":"ES384""#),
                ellipticKey(b, "d", more: #","key_ops":["deriveKey"]"#),
                edwardsKey(site.eddsa, "e"),
                #"{"kty":"RSA","kid":"r","n":"\#(RFC7515.modulus)","e":"AQAB","alg":"RS256"}"#,
                #"{"kty":"RSA","kid":"s","n":"AQAB","e":"AQAB","alg":"RSA-OAEP"}"#,
                #"{"kty":"EC","crv":"secp256k1","kid":"k","x":"AA","y":"AA"}"#,
            ]), to: "jwks.json", mode: 0o644)
        var settings = try site.settings()
        settings.keys = []
        settings.jwksFile = path
        let verifier = await site.verifier(settings)
        let signer = try await TokenIssuer.rs256(id: "r")
        let issuers: [TokenIssuer] = [
            .es256(a, id: "a"), .eddsa(site.eddsa, id: "e"), signer,
        ]
        for issuer in issuers {
            let isTaken = try isTaken(of: issuer, by: verifier)
            #expect(isTaken, "\(issuer.algorithm)")
        }
        for id in ["b", "c", "d"] {
            let isTaken = try isTaken(of: .es256(b, id: id), by: verifier)
            #expect(!isTaken, "\(id)")
        }
    }

    @Test("a changed file is read again; what it no longer holds is no longer taken")
    func reload() async throws {
        let site = try TokenSite()
        let (old, new) = (P256.Signing.PrivateKey(), P256.Signing.PrivateKey())
        let path = try site.write(set([ellipticKey(old, "old")]), to: "jwks.json")
        var settings = try site.settings()
        settings.jwksFile = path
        let verifier = await site.verifier(settings)
        let oldToken = try TokenIssuer.es256(old, id: "old").token()
        let newToken = try TokenIssuer.es256(new, id: "new").token()
        #expect(isTaken(oldToken, by: verifier) && !isTaken(newToken, by: verifier))
        try site.write(set([ellipticKey(old, "old"), ellipticKey(new, "new")]), to: "jwks.json")
        #expect(!isTaken(newToken, by: verifier), "it was read without being asked")
        await verifier.refresh()
        #expect(isTaken(oldToken, by: verifier) && isTaken(newToken, by: verifier))
        try site.write(set([ellipticKey(new, "new")]), to: "jwks.json")
        await verifier.refresh()
        #expect(!isTaken(oldToken, by: verifier) && isTaken(newToken, by: verifier))
        let good = try TokenIssuer.hs256(site.secret, id: "hs-1").token()
        #expect(isTaken(good, by: verifier), "other files keep their keys")
    }

    @Test("a secret in rotation: two files side by side, one replaced")
    func secretRotation() async throws {
        let site = try TokenSite()
        let new = [UInt8](repeating: UInt8(ascii: "n"), count: 40)
        var settings = try site.settings()
        settings.keys = [settings.keys[0], settings.keys[0]]
        settings.keys[0].id = nil
        settings.keys[1].id = nil
        settings.keys[1].file = try site.write(String(decoding: new, as: UTF8.self), to: "hs-new")
        let verifier = await site.verifier(settings)
        let oldToken = try TokenIssuer.hs256(site.secret).token()
        let newToken = try TokenIssuer.hs256(new).token()
        #expect(isTaken(oldToken, by: verifier) && isTaken(newToken, by: verifier))
        try site.write(String(decoding: new, as: UTF8.self), to: "hs")
        await verifier.refresh()
        #expect(!isTaken(oldToken, by: verifier) && isTaken(newToken, by: verifier))
    }

    @Test("a broken or missing file keeps the keys that were read, and is told once")
    func broken() async throws {
        let site = try TokenSite()
        let key = P256.Signing.PrivateKey()
        let path = try site.write(set([ellipticKey(key, "a")]), to: "jwks.json")
        var settings = try site.settings()
        settings.keys = []
        settings.jwksFile = path
        let log = ListedLog()
        let verifier = await site.verifier(settings, log: log)
        let token = try TokenIssuer.es256(key, id: "a").token()
        try site.write(#"{"keys":[{"kty":"EC""#, to: "jwks.json")
        await verifier.refresh()
        await verifier.refresh()
        #expect(isTaken(token, by: verifier))
        #expect(log.lines.filter { $0.hasPrefix("error") }.count == 1, "\(log.lines)")
        site.remove("jwks.json")
        await verifier.refresh()
        await verifier.refresh()
        #expect(isTaken(token, by: verifier))
        #expect(log.lines.filter { $0.hasPrefix("error") }.count == 2, "\(log.lines)")
        try site.write(#"{"keys":[]}"#, to: "jwks.json")
        await verifier.refresh()
        #expect(!isTaken(token, by: verifier), "an empty set takes every key back")
    }

    @Test("a secret that others can read, a short one, and a private key are refused")
    func refused() async throws {
        let site = try TokenSite()
        let secret = String(decoding: site.secret, as: UTF8.self)
        let oct = #"{"kty":"oct","k":"\#(Base64URL.encode(site.secret))"}"#
        let short = #"{"kty":"oct","k":"AAAA"}"#
        let es256 = site.es256.pemRepresentation
        let other = EdDSA.PrivateKey(backing: site.eddsa).publicKey.pemRepresentation
        let wrong: [(TokenKey.Algorithm, String, String, Int)] = [
            (.hs256, secret, "open to every user", 0o644),
            (.hs256, "short", "less than 32 bytes", 0o600),
            (.hs256, "", "is empty", 0o600),
            (.es256, es256, "private key", 0o600),
            (.es256, other, "no public key for ES256", 0o600),
            (.rs256, site.es256.publicKey.pemRepresentation, "no public key for RS256", 0o600),
            (.eddsa, "nonsense", "no public key for EdDSA", 0o600),
            (.es256, site.es256.publicKey.pemRepresentation, "chmod o-w", 0o646),
        ]
        for (algorithm, text, reason, mode) in wrong {
            let path = try site.write(text, to: "key", mode: .init(mode))
            var file = TokenKeyFile(.init(file: path, algorithm: algorithm))
            await expect(reason, of: &file)
        }
        let sets: [(String, String, Int)] = [
            (set([]), "can be written by every user", 0o602),
            (set([oct]), "open to every user", 0o644), (set([short]), "less than 32", 0o600),
            (set([ellipticKey(site.es256, "a", more: #","d":"AA""#)]), "private key", 0o600),
            (set([#"{"kty":"RSA","e":"AQAB"}"#]), "without 'n'", 0o600),
            (set([#"{"kid":"a"}"#]), "without 'kty'", 0o600),
            (set([#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#]), "for RS256", 0o600),
            (#"{"kty":"oct"}"#, "no JSON Web Key Set", 0o600), ("[]", "no JSON Web Key Set", 0o600),
            (set([String](repeating: "{}", count: Limits.tokenKeysMax + 1)), "more than", 0o600),
        ]
        for (text, reason, mode) in sets {
            var file = TokenKeyFile(set: try site.write(text, to: "set", mode: .init(mode)))
            await expect(reason, of: &file)
        }
    }

    private func expect(_ reason: String, of file: inout TokenKeyFile) async {
        do throws(TokenKeyError) {
            try await file.read(as: FileStamp(file.path))
            Issue.record("it was taken, and should be refused: \(reason)")
        } catch { #expect(error.reason.contains(reason), "\(error.reason)") }
        #expect(file.keys.isEmpty)
    }

    @Test("health tells of a broken file, or one that is gone, until it is mended")
    func health() async throws {
        let site = try TokenSite()
        var settings = try site.settings()
        settings.jwksFile = try site.write(
            set([ellipticKey(site.es256, "a")]), to: "jwks.json")
        let fixture = try APIFixture.make(settings: { [settings] all, _ in all.jwt = settings })
        await fixture.server.reload()
        try await fixture.port.ask { $0.apiStatus = .listening(["here"]) }
        func expect(_ reason: String?) async throws {
            try await Condition.becomesTrue(reason ?? "nothing is wrong") {
                fixture.clock.advance(by: Limits.apiFilesInterval)
                await fixture.server.upkeep.work()
                let api = await fixture.admin(.get, "/status")["components"]?["api"]
                let said = api?["reason"]?.string
                guard api?["status"]?.string == (reason == nil ? "ok" : "degraded") else {
                    return false
                }
                return reason.map { said?.contains($0) == true } ?? (said == nil)
            }
        }
        try await expect(nil)
        site.remove("jwks.json")
        try await expect("jwks.json cannot be opened")
        try site.write("short", to: "hs")
        try await expect("; the keys for tokens stay as they were")
        try site.write(set([]), to: "jwks.json")
        try await expect("hs has a secret of less than")
        try site.write(String(repeating: "n", count: 40), to: "hs")
        try await expect(nil)
        // There is nothing any longer that could stay as it was.
        site.remove("jwks.json")
        try await expect("no token is verified with")
        try await expect("jwks.json: it cannot be opened")
    }

    @Test("a private set may hold a secret")
    func secretInSet() async throws {
        let site = try TokenSite()
        let oct = #"{"kty":"oct","kid":"o","k":"\#(Base64URL.encode(site.secret))"}"#
        var settings = try site.settings()
        settings.keys = []
        settings.jwksFile = try site.write(set([oct]), to: "jwks.json", mode: 0o600)
        let verifier = await site.verifier(settings)
        let token = try TokenIssuer.hs256(site.secret, id: "o").token()
        #expect(isTaken(token, by: verifier))
    }
}
