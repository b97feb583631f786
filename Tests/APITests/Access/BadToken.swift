import Core

@testable import API

/// A token that must not be taken, and why not.
struct BadToken {
    var name: String
    var text: String
    var fault: TokenFault

    init(_ name: String, _ text: String, _ fault: TokenFault) {
        self.name = name
        self.text = text
        self.fault = fault
    }

    /// Of every kind, made by somebody who has every key or none.
    static func all(at site: TokenSite) async throws -> [BadToken] {
        let issuers = try await site.issuers()
        guard let hs = issuers.first, let rs = issuers.dropFirst().first else { return [] }
        return try forged(hs, rs) + mangled(hs) + issued(rs)
    }

    /// By somebody without the key.
    private static func forged(_ hs: TokenIssuer, _ rs: TokenIssuer) throws -> [BadToken] {
        let good = try rs.token()
        let parts = good.split(separator: ".").map(String.init)
        let payload = try admin(rs)
        // The public key, which everybody has, as the secret.
        let confused = TokenIssuer.hs256(Array(try RFC7515.publicPEM().utf8), id: "rs-1")
        let stranger = TokenIssuer.hs256([UInt8](repeating: 7, count: 32), id: "hs-1")
        let cut = Array(try rs.sign(Array((parts[0] + "." + parts[1]).utf8)).dropLast())
        return [
            BadToken("alg none", unsigned("none", payload) + "AA", .algorithm),
            BadToken("alg None", unsigned("None", payload) + "AA", .algorithm),
            BadToken("alg none without a signature", unsigned("none", payload), .malformed),
            BadToken("RSA's public key as the secret", try confused.token(), .unknownKey),
            BadToken(
                "the same for the key of HS256",
                try confused.token(header: ["kid": .string("hs-1")]), .signature),
            BadToken("another secret", try stranger.token(), .signature),
            BadToken("an unknown kid", try rs.token(header: ["kid": .string("rs-9")]), .unknownKey),
            BadToken("no kid", try rs.token(header: ["kid": nil]), .unknownKey),
            BadToken("another's kid", try rs.token(header: ["kid": .string("es-1")]), .unknownKey),
            BadToken("a payload changed", "\(parts[0]).\(payload).\(parts[2])", .signature),
            BadToken(
                "a signature cut", "\(parts[0]).\(parts[1]).\(Base64URL.encode(cut))", .signature),
            BadToken("a signature of one byte", "\(parts[0]).\(parts[1]).AA", .signature),
            BadToken("RS512", try rs.token(header: ["alg": .string("RS512")]), .algorithm),
            BadToken("PSS", try rs.token(header: ["alg": .string("PS256")]), .algorithm),
        ]
    }

    private static func unsigned(_ algorithm: String, _ payload: String) -> String {
        TokenIssuer.encoded(#"{"alg":"\#(algorithm)","typ":"JWT"}"#) + "." + payload + "."
    }

    /// The payload of one who has promoted themselves.
    private static func admin(_ issuer: TokenIssuer) throws -> String {
        let token = try issuer.token(["role": .string("admin")])
        return token.split(separator: ".").map(String.init)[1]
    }

    /// What is no token by its form.
    private static func mangled(_ hs: TokenIssuer) throws -> [BadToken] {
        let good = try hs.token()
        let header = #"{"alg":"HS256","kid":"hs-1"}"#
        let claims = #"{"exp":\#(TokenIssuer.seconds + 60)}"#
        let twice = #"{"alg":"none","alg":"HS256","kid":"hs-1"}"#
        let deep = String(repeating: "[", count: 1_000)
        return [
            BadToken("dots only", "..", .malformed),
            BadToken("nothing at all", "x", .malformed),
            BadToken("four parts", good + ".AA", .malformed),
            BadToken("five parts, encrypted", "a.b.c.d.e", .malformed),
            BadToken("padding", good + "=", .malformed),
            BadToken("no base 64", "!" + good, .malformed),
            BadToken("an oversized one", good + String(repeating: "A", count: 8_192), .malformed),
            BadToken("a header twice", try hs.signed(twice, claims), .malformed),
            BadToken("a header that is no object", try hs.signed("[]", claims), .malformed),
            BadToken("a header without alg", try hs.signed("{}", claims), .malformed),
            BadToken("a header too deep", try hs.signed(deep, claims), .malformed),
            BadToken(
                "alg that is no text", try hs.token(header: ["alg": .seconds(1)]), .malformed),
            BadToken("kid that is no text", try hs.token(header: ["kid": .null]), .malformed),
            BadToken(
                "crit", try hs.token(header: ["crit": .array([.string("exp")])]), .critical),
            BadToken("an empty crit", try hs.token(header: ["crit": .array([])]), .critical),
            BadToken("another type", try hs.token(header: ["typ": .string("logout+jwt")]), .type),
            BadToken("a payload that is no JSON", try hs.signed(header, "exp"), .malformed),
            BadToken("a payload twice", try hs.token(payload: #"{"exp":1,"exp":9}"#), .malformed),
        ]
    }

    /// With a right signature, and claims that do not hold.
    private static func issued(_ rs: TokenIssuer) throws -> [BadToken] {
        let now = TokenIssuer.seconds
        let endless = String(repeating: "a", count: Limits.principalNameBytesMax + 1)
        func token(_ name: String, _ value: JSONValue?) throws -> String {
            try rs.token([name: value])
        }
        return [
            BadToken("no exp", try token("exp", nil), .noExpiry),
            BadToken("expired", try token("exp", .seconds(now - 31)), .expired),
            BadToken("exp that is a text", try token("exp", .string("9999999999")), .claim),
            BadToken("exp beyond all years", try token("exp", .number(.double(1e300))), .claim),
            BadToken("exp before 1970", try token("exp", .seconds(-1)), .claim),
            BadToken("not yet valid", try token("nbf", .seconds(now + 31)), .notYetValid),
            BadToken("issued tomorrow", try token("iat", .seconds(now + 86_400)), .issuedAt),
            BadToken("issued after its end", try token("iat", .seconds(now + 3_601)), .issuedAt),
            BadToken("wrong issuer", try token("iss", .string("https://evil.example")), .issuer),
            BadToken("no issuer", try token("iss", nil), .issuer),
            BadToken("wrong audience", try token("aud", .string("other")), .audience),
            BadToken("other audiences", try token("aud", .array([.string("other")])), .audience),
            BadToken("no audience", try token("aud", nil), .audience),
            BadToken("role missing", try token("role", nil), .role),
            BadToken("role unknown", try token("role", .string("root")), .role),
            BadToken("role in capitals", try token("role", .string("Admin")), .role),
            BadToken("role that is true", try token("role", .bool(true)), .claim),
            BadToken("no subject", try token("sub", nil), .subject),
            BadToken("an empty subject", try token("sub", .string("")), .subject),
            BadToken("a subject of lines", try token("sub", .string("a\nb")), .subject),
            BadToken("a subject turned around", try token("sub", .string("a\u{202E}b")), .subject),
            BadToken("the subject of a key", try token("sub", .string("key:1")), .subject),
            BadToken("the subject of root", try token("sub", .string("uid:0")), .subject),
            BadToken("its colon marked", try token("sub", .string("uid:\u{301}0")), .subject),
            BadToken("joined unseen", try token("sub", .string("uid:\u{34F}0")), .subject),
            BadToken("split unseen", try token("sub", .string("ui\u{34F}d:0")), .subject),
            BadToken("filled unseen", try token("sub", .string("root\u{3164}")), .subject),
            BadToken("behind a space", try token("sub", .string(" uid:0")), .subject),
            BadToken("a subject without end", try token("sub", .string(endless)), .subject),
        ]
    }
}
