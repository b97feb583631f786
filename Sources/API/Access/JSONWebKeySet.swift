import Core

/// The keys of a JSON Web Key Set (RFC 7517) that verify tokens here. Others, for other uses and by
/// other algorithms, are passed over: the sets of identity providers are full of them.
enum JSONWebKeySet {
    /// - Parameter isPrivate: whether nobody else can read the file; secrets must not stand in
    ///   others.
    /// - Throws: `.useless` of what is no such set, or has keys that are none, private keys, too
    ///   many or secrets for everybody. An empty set is one: nobody is let in by it.
    static func keys(
        of bytes: [UInt8], isPrivate: Bool
    ) async throws(TokenKeyError) -> [TokenKey] {
        guard let set = try? JSONScanner.scan(bytes), let all = set["keys"]?.array else {
            throw .useless("is no JSON Web Key Set: {\"keys\":[…]}")
        }
        guard all.count <= Limits.tokenKeysMax else {
            throw .useless("has more than \(Limits.tokenKeysMax) keys")
        }
        var keys: [TokenKey] = []
        for key in all {
            if let key = try await Self.key(key, isPrivate: isPrivate) { keys.append(key) }
        }
        return keys
    }

    /// nil where it is not for us.
    private static func key(
        _ value: JSONValue, isPrivate: Bool
    ) async throws(TokenKeyError) -> TokenKey? {
        guard let key = value.object, let type = key["kty"]?.string else {
            throw .useless("has a key without 'kty'")
        }
        guard isForSignatures(key) else { return nil }
        let id = try keyID(key)
        let name = key["alg"]?.string
        switch (type, key["crv"]?.string) {
        case ("RSA", _) where isOne(name, .rs256):
            try checkPublic(key)
            return try await TokenKey.make(
                modulus: text("n", of: key), exponent: text("e", of: key), id: id)
        case ("EC", "P-256") where isOne(name, .es256):
            try checkPublic(key)
            return try await TokenKey.make(
                x: text("x", of: key), y: text("y", of: key), id: id)
        case ("OKP", "Ed25519") where isOne(name, .eddsa):
            try checkPublic(key)
            return try await TokenKey.make(x: text("x", of: key), id: id)
        case ("oct", _) where isOne(name, .hs256):
            guard isPrivate else {
                throw .useless("holds a secret ('oct') and is open to every user: chmod o= it")
            }
            guard let secret = Base64URL.decode(try text("k", of: key).utf8) else {
                throw .useless("has a key whose 'k' is no base64url")
            }
            return try await TokenKey.make(secret: secret, id: id)
        case _: return nil
        }
    }

    private static func isOne(_ name: String?, _ algorithm: TokenKey.Algorithm) -> Bool {
        name == nil || name == algorithm.rawValue
    }

    /// RFC 7517, sections 4.2 and 4.3.
    private static func isForSignatures(_ key: JSONObject) -> Bool {
        if let use = key["use"]?.string, use != "sig" { return false }
        guard let operations = key["key_ops"]?.array else { return true }
        return operations.contains { $0.string == "verify" }
    }

    private static func keyID(_ key: JSONObject) throws(TokenKeyError) -> String? {
        guard let value = key["kid"] else { return nil }
        guard let id = value.string, id.utf8.count <= Limits.tokenNameBytesMax else {
            throw .useless("has a key whose 'kid' is no text, or too long")
        }
        return id
    }

    /// Who verifies needs no private key; one that lies here can be stolen here.
    private static func checkPublic(_ key: JSONObject) throws(TokenKeyError) {
        guard key["d"] == nil else {
            throw .useless("holds a private key ('d'): only public ones belong here")
        }
    }

    private static func text(
        _ name: String, of key: JSONObject
    ) throws(TokenKeyError) -> String {
        guard let text = key[name]?.string, !text.isEmpty else {
            throw .useless("has a key without '\(name)'")
        }
        return text
    }
}
