import Testing

@testable import Core

@Suite("When a token is good, by its own word")
struct TokenTimesTests {
    private static let header = #"{"alg":"HS256","typ":"JWT"}"#

    /// A token with these claims; nobody looks at its signature.
    private static func token(
        _ claims: String, header: String = header, signature: String = "c2lnbmVk"
    ) -> [UInt8] {
        let parts = [header, claims].map { Base64URL.encode(Array($0.utf8)) } + [signature]
        return Array(parts.joined(separator: ".").utf8)
    }

    private func time(_ seconds: Int64) -> Timestamp {
        Timestamp(microseconds: seconds * 1_000_000)
    }

    @Test("times are read, whole or with a fraction, and what is no number is not there")
    func times() throws {
        let all = try #require(
            TokenTimes(password: Self.token(#"{"iat":1000,"nbf":1001,"exp":2000.5,"sub":"a"}"#)))
        #expect(all.issued == time(1_000) && all.start == time(1_001))
        #expect(all.expiry == Timestamp(microseconds: 2_000_500_000))
        let few = try #require(
            TokenTimes(password: Self.token(#"{"exp":1e3,"nbf":"1","iat":null}"#)))
        #expect(few.expiry == time(1_000) && few.start == nil && few.issued == nil)
        // Unsecured (RFC 7519, section 6).
        let open = Self.token(#"{"exp":5}"#, header: #"{"alg":"none"}"#, signature: "")
        #expect(TokenTimes(password: open)?.expiry == time(5))
    }

    @Test(
        "a time beyond all calendars is the nearest that has a text",
        arguments: [
            ("-1", 0), ("-1e300", 0), ("1e300", 253_402_300_799),
            ("1700000000000", 253_402_300_799),
        ] as [(String, Int64)])
    func extremes(_ text: String, _ seconds: Int64) {
        #expect(TokenTimes(password: Self.token("{\"exp\":\(text)}"))?.expiry == time(seconds))
    }

    @Test("what is no token with an end is a password like any other")
    func passwords() {
        let good = #"{"exp":2000}"#
        let token = String(decoding: Self.token(good), as: UTF8.self)
        let texts = [
            "", "secret", "a.b.c", "..", " \(token)", "\(token).", "\(token).YQ", "\(token)é",
            String(token.dropLast(9)),
            String(repeating: ".", count: Limits.credentialBytesMax),
            String(repeating: "A", count: Limits.credentialBytesMax + 1),
        ]
        let claims = [
            "{}", #"{"exp":"2000"}"#, #"{"exp":null}"#, "[2000]", "2000", #"{"exp":2000"#,
            #"{"exp":1,"exp":2}"#,
        ]
        var others: [[UInt8]] = texts.map { Array($0.utf8) }
        others += claims.map { Self.token($0) }
        others += ["x", ""].map { Self.token(good, header: $0) }
        others += ["a b", "YQ=="].map { Self.token(good, signature: $0) }
        for password in others {
            let text = String(decoding: password.prefix(100), as: UTF8.self)
            #expect(TokenTimes(password: password) == nil, "\(text)")
        }
        #expect(TokenTimes(password: Self.token(good)) != nil)
    }

    @Test("a token is early, good, expiring and expired, each from its moment on")
    func states() throws {
        let times = try #require(
            TokenTimes(password: Self.token(#"{"iat":1000,"nbf":1010,"exp":2000}"#)))
        let moments: [(Int64, TokenTimes.State)] = [
            (0, .early), (979, .early), (980, .good), (1_010, .good), (1_899, .good),
            (1_900, .expiring), (1_999, .expiring), (2_000, .expired), (9_999, .expired),
        ]
        for (moment, state) in moments {
            #expect(times.state(at: time(moment), since: time(0)) == state, "\(moment)")
        }
        let begun = [1_009, 1_010].map { times.hasBegun(at: time($0)) }
        #expect(begun == [false, true])
        // What begins after its end is over.
        let odd = try #require(TokenTimes(password: Self.token(#"{"nbf":3000,"exp":2000}"#)))
        #expect(odd.state(at: time(2_500), since: time(0)) == .expired)
        let always = try #require(TokenTimes(password: Self.token(#"{"exp":2000}"#)))
        #expect(always.hasBegun(at: time(0)))
    }

    @Test("a new one is asked for in the last tenth of a life, between 10 s and 5 min before")
    func lead() throws {
        func lead(_ claims: String, since: Int64 = 0) throws -> Duration {
            try #require(TokenTimes(password: Self.token(claims))).lead(since: time(since))
        }
        #expect(try lead(#"{"iat":1000,"exp":2000}"#) == .seconds(100))
        #expect(try lead(#"{"iat":1000,"exp":1030}"#) == Limits.tokenLeadMin)
        #expect(try lead(#"{"iat":1000,"exp":90000}"#) == Limits.tokenLeadMax)
        #expect(try lead(#"{"nbf":1000,"exp":2000}"#) == .seconds(100))
        #expect(try lead(#"{"exp":2000}"#, since: 1_500) == .seconds(50))
        #expect(try lead(#"{"iat":5000,"exp":2000}"#) == Limits.tokenLeadMin)
    }
}
