import Core
import JWTKit

/// A key that tokens are verified with, bound to one algorithm: what a token says of its own
/// chooses among the keys of that algorithm only, so a public key is never taken for a secret.
struct TokenKey: Sendable {
    typealias Algorithm = APISettings.JWT.Algorithm

    let algorithm: Algorithm
    /// The `kid` of the tokens that it verifies; nil: those without, and any other.
    let id: String?
    /// Tells it from every other key, also when its file is read again. SHA-256: no key itself.
    let fingerprint: [UInt8]
    /// Key, digest and padding together.
    private let verifier: any JWTAlgorithm

    /// - Parameters:
    ///   - text: a secret as it stands for HS256, else a public key: PEM of SPKI.
    /// - Throws: `.useless`: it is no key for this algorithm.
    static func make(
        _ algorithm: Algorithm, id: String?, of text: String
    ) async throws(TokenKeyError) -> TokenKey {
        switch algorithm {
        case .hs256:
            return try await make(secret: Array(text.utf8), id: id)
        case .rs256:
            return try await make(.rs256, id: id, from: Array(text.utf8)) { keys in
                try await keys.add(
                    rsa: Insecure.RSA.PublicKey(pem: text), digestAlgorithm: .sha256)
            }
        case .es256:
            return try await make(.es256, id: id, from: Array(text.utf8)) { keys in
                try await keys.add(ecdsa: ES256PublicKey(pem: text))
            }
        case .eddsa:
            return try await make(.eddsa, id: id, from: Array(text.utf8)) { keys in
                try await keys.add(eddsa: EdDSA.PublicKey(pem: text))
            }
        }
    }

    /// For HS256.
    /// - Throws: `.useless`: it is shorter than `Limits.tokenSecretBytesMin`.
    static func make(secret: [UInt8], id: String?) async throws(TokenKeyError) -> TokenKey {
        guard secret.count >= Limits.tokenSecretBytesMin else {
            throw .useless(
                "has a secret of less than \(Limits.tokenSecretBytesMin) bytes: make one with "
                    + "openssl rand -base64 48")
        }
        return try await make(.hs256, id: id, from: secret) { keys in
            await keys.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        }
    }

    /// Of the numbers of a JSON Web Key, in base 64 as they stand there.
    static func make(
        modulus: String, exponent: String, id: String?
    ) async throws(TokenKeyError) -> TokenKey {
        try await make(.rs256, id: id, from: numbers(modulus, exponent)) { keys in
            try await keys.add(
                rsa: Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent),
                digestAlgorithm: .sha256)
        }
    }

    /// The same on the curve P-256.
    static func make(x: String, y: String, id: String?) async throws(TokenKeyError) -> TokenKey {
        try await make(.es256, id: id, from: numbers(x, y)) { keys in
            try await keys.add(ecdsa: ES256PublicKey(parameters: (x, y)))
        }
    }

    /// The same on the curve Ed25519.
    static func make(x: String, id: String?) async throws(TokenKeyError) -> TokenKey {
        try await make(.eddsa, id: id, from: numbers(x)) { keys in
            try await keys.add(eddsa: EdDSA.PublicKey(x: x, curve: .ed25519))
        }
    }

    /// jwt-kit makes what verifies inside a collection; we take it out and have no more of that:
    /// which key is meant is ours to choose.
    private static func make(
        _ algorithm: Algorithm, id: String?, from bytes: [UInt8],
        _ add: (JWTKeyCollection) async throws -> Void
    ) async throws(TokenKeyError) -> TokenKey {
        do {
            let keys = JWTKeyCollection()
            try await add(keys)
            return TokenKey(
                algorithm: algorithm, id: id,
                fingerprint: fingerprint(algorithm, id: id, of: bytes),
                verifier: try await keys.getKey())
        } catch {
            // What jwt-kit says may quote the key.
            throw .useless(algorithm.needed)
        }
    }

    private static func numbers(_ all: String...) -> [UInt8] {
        Array(all.joined(separator: ".").utf8)
    }

    /// Whether it may be meant: a token that names a key is for that one, or for keys without a
    /// name.
    func isMeant(by algorithm: Algorithm, _ keyID: String?) -> Bool {
        guard self.algorithm == algorithm else { return false }
        guard let id else { return true }
        return keyID.map(id.hasSameBytes(as:)) ?? false
    }

    func isRight(_ token: CompactToken) -> Bool {
        guard token.signature.count <= Self.signatureBytesMax else { return false }
        // It throws of a signature that has not the form of one.
        return (try? verifier.verify(token.signature, signs: token.signed)) ?? false
    }

    /// Of RSA with 16,384 bits.
    private static let signatureBytesMax = 2_048
}

extension TokenKey.Algorithm {
    fileprivate var needed: String {
        switch self {
        case .hs256: "is no secret for HS256"
        case .rs256:
            "is no public key for RS256: RSA of at least 2048 bits, PEM as of openssl pkey -pubout"
        case .es256: "is no public key for ES256: P-256, PEM as of openssl pkey -pubout"
        case .eddsa: "is no public key for EdDSA: Ed25519, PEM as of openssl pkey -pubout"
        }
    }
}

extension TokenKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "(key for \(algorithm.rawValue))" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .struct) }
}

/// Why there is no key: the one before stays in use.
enum TokenKeyError: Error, Equatable, Sendable {
    /// The file cannot be read, or not by us only: correct it.
    case unreadable(String)
    /// It holds something else than what is needed: correct it.
    case useless(String)

    /// To be said behind the file's name.
    var reason: String {
        switch self {
        case .unreadable(let reason), .useless(let reason): reason
        }
    }
}
