import Core

/// What a token says whose signature is right, held against what it must say.
struct TokenClaims {
    private let claims: JSONObject
    private let settings: APISettings.JWT

    /// - Parameter payload: of the token, in JSON.
    /// - Throws: `.malformed`.
    init(_ payload: [UInt8], _ settings: APISettings.JWT) throws(TokenFault) {
        claims = try CompactToken.object(payload)
        self.settings = settings
    }

    /// Whom the token speaks of, with their role.
    ///
    /// - Parameter key: that it was verified with.
    /// - Throws: every case of `TokenFault` about a token that its issuer has signed.
    func principal(
        at now: Timestamp, verifiedWith key: TokenKey
    ) throws(TokenFault) -> Principal {
        let expiry = try checkTimes(at: now)
        try checkIssuer()
        try checkAudience()
        return Principal(
            name: try subject(), role: try role(),
            shown: .token(until: expiry + settings.leeway, key: key.fingerprint))
    }

    // MARK: Time

    /// - Returns: when it expires.
    private func checkTimes(at now: Timestamp) throws(TokenFault) -> Timestamp {
        guard let expiry = try time("exp") else { throw .noExpiry }
        let leeway = settings.leeway
        guard now < expiry + leeway else { throw .expired }
        if let start = try time("nbf"), now + leeway < start { throw .notYetValid }
        if let issued = try time("iat") {
            guard issued <= now + leeway, issued <= expiry else { throw .issuedAt }
        }
        return expiry
    }

    /// Seconds since 1970, perhaps with a fraction (RFC 7519, section 2).
    private func time(_ name: String) throws(TokenFault) -> Timestamp? {
        guard let value = claims[name] else { return nil }
        guard let seconds = value.double, 0...253_402_300_799 ~= seconds else { throw .claim }
        return Timestamp(microseconds: Int64(seconds * 1_000_000))
    }

    // MARK: Between whom

    private func checkIssuer() throws(TokenFault) {
        guard let issuer = settings.issuer else { return }
        guard case .string(let text)? = claims["iss"], text.hasSameBytes(as: issuer) else {
            throw .issuer
        }
    }

    /// Who is not among those that a token is for must refuse it (RFC 7519, section 4.1.3), and who
    /// has no name for itself is not.
    private func checkAudience() throws(TokenFault) {
        let audiences = try texts("aud")
        guard let own = settings.audience else {
            guard audiences == nil else { throw .audience }
            return
        }
        guard let audiences, audiences.contains(where: { $0.hasSameBytes(as: own) }) else {
            throw .audience
        }
    }

    /// A text, or a list of texts.
    private func texts(_ name: String) throws(TokenFault) -> [String]? {
        switch claims[name] {
        case nil: return nil
        case .string(let text)?: return [text]
        case .array(let elements)?:
            let texts = elements.compactMap(\.string)
            guard texts.count == elements.count else { throw .claim }
            return texts
        case .null?, .bool?, .number?, .object?: throw .claim
        }
    }

    // MARK: Who

    /// Of several the highest that is one here; others are for others.
    private func role() throws(TokenFault) -> Role {
        let names = try texts(settings.roleClaim) ?? []
        guard let role = names.compactMap(Role.init(rawValue:)).max() else { throw .role }
        return role
    }

    private func subject() throws(TokenFault) -> String {
        guard case .string(let text)? = claims["sub"],
            1...Limits.principalNameBytesMax ~= text.utf8.count,
            text.isPlainName, !Self.isReserved(text)
        else { throw .subject }
        return text
    }

    /// A name that others have who come in by another way: the audit chain must tell them apart. By
    /// its bytes: `uid:` with a mark on the colon does not begin with `uid:` for `hasPrefix`.
    private static func isReserved(_ name: String) -> Bool {
        ["unix", "mqtt", "jamey"].contains(where: name.hasSameBytes(as:))
            || ["key:", "uid:", "mqtt:"].contains { name.utf8.starts(with: $0.utf8) }
    }
}
