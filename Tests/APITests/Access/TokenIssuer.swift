import Core
import Crypto
import JWTKit

@testable import API

/// Makes tokens as an issuer does, and as somebody does who would like to be one.
struct TokenIssuer {
    let algorithm: String
    let keyID: String?
    let sign: ([UInt8]) throws -> [UInt8]

    static func hs256(_ secret: [UInt8], id: String? = nil) -> TokenIssuer {
        TokenIssuer(algorithm: "HS256", keyID: id) {
            Array(HMAC<SHA256>.authenticationCode(for: $0, using: SymmetricKey(data: secret)))
        }
    }

    static func es256(_ key: P256.Signing.PrivateKey, id: String? = nil) -> TokenIssuer {
        TokenIssuer(algorithm: "ES256", keyID: id) {
            Array(try key.signature(for: $0).rawRepresentation)
        }
    }

    static func eddsa(
        _ key: Curve25519.Signing.PrivateKey, id: String? = nil
    ) -> TokenIssuer {
        TokenIssuer(algorithm: "EdDSA", keyID: id) { Array(try key.signature(for: $0)) }
    }

    static func rs256(id: String? = nil) async throws -> TokenIssuer {
        let signer = try await RFC7515.signer()
        return TokenIssuer(algorithm: "RS256", keyID: id) { try signer.sign($0) }
    }

    /// - Parameters:
    ///   - claims: what is other than in good ones; nil leaves a claim out.
    ///   - header: what is other than in a good one, likewise.
    func token(
        _ claims: [String: JSONValue?] = [:], header: [String: JSONValue?] = [:]
    ) throws -> String {
        try token(payload: Self.json(Self.claims, claims), header: header)
    }

    func token(payload: String, header: [String: JSONValue?] = [:]) throws -> String {
        var plain: [(String, JSONValue)] = [("alg", .string(algorithm)), ("typ", .string("JWT"))]
        if let keyID { plain.append(("kid", .string(keyID))) }
        return try signed(Self.json(plain, header), payload)
    }

    /// Anything, with a right signature.
    func signed(_ header: String, _ payload: String) throws -> String {
        let input = Self.encoded(header) + "." + Self.encoded(payload)
        return input + "." + Base64URL.encode(try sign(Array(input.utf8)))
    }

    static func encoded(_ text: String) -> String { Base64URL.encode(Array(text.utf8)) }

    // MARK: What is good

    static let issuer = "https://issuer.example"
    static let audience = "jamey"
    static let subject = "alice@example.com"
    /// Where a `TestClock` begins.
    static let now = Timestamp(microseconds: 1_767_225_600_000_000)
    static let seconds: Int64 = 1_767_225_600

    static let claims: [(String, JSONValue)] = [
        ("iss", .string(issuer)), ("aud", .string(audience)), ("sub", .string(subject)),
        ("role", .string("viewer")), ("iat", .number(.int(seconds - 60))),
        ("nbf", .number(.int(seconds - 60))), ("exp", .number(.int(seconds + 3_600))),
    ]

    private static func json(
        _ plain: [(String, JSONValue)], _ changes: [String: JSONValue?]
    ) -> String {
        var members: [JSONObject.Member] = []
        for (name, value) in plain {
            guard let change = changes[name] else {
                members.append(.init(name: name, value: value))
                continue
            }
            if let change { members.append(.init(name: name, value: change)) }
        }
        let known = Set(plain.map(\.0))
        for (name, change) in changes.sorted(by: { $0.key < $1.key }) where !known.contains(name) {
            if let change { members.append(.init(name: name, value: change)) }
        }
        return String(decoding: JSONValue.object(JSONObject(members)).encoded(), as: UTF8.self)
    }
}

extension JSONValue {
    /// Seconds since 1970.
    static func seconds(_ value: Int64) -> JSONValue { .number(.int(value)) }
}
