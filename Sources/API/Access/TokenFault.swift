/// Why a JSON Web Token is not good. For the audit chain; the client gets the same answer for all
/// of them.
enum TokenFault: String, Error, CaseIterable, Sendable {
    // Before its signature is looked at.

    /// Not three parts of base 64, or their JSON is none; or more than `Limits.tokenBytesMax`
    /// bytes, which `Authenticator` does not take as credentials at all.
    case malformed = "TOKEN_MALFORMED"
    /// `none`, or another one that is not taken here.
    case algorithm = "TOKEN_ALGORITHM"
    /// `crit` asks for extensions; none is known here (RFC 7515, section 4.1.11).
    case critical = "TOKEN_CRITICAL"
    /// `typ` says that it is something else than a token for access (RFC 8725, section 3.11).
    case type = "TOKEN_TYPE"
    /// No key of this `kid` for this algorithm.
    case unknownKey = "TOKEN_UNKNOWN_KEY"
    case signature = "TOKEN_SIGNATURE"

    // Of a token that its issuer has signed.

    /// A claim is not of the type that it must have.
    case claim = "TOKEN_CLAIM"
    /// Without `exp` it would be good for ever.
    case noExpiry = "TOKEN_NO_EXPIRY"
    case expired = "TOKEN_EXPIRED"
    /// `nbf` is to come.
    case notYetValid = "TOKEN_NOT_YET_VALID"
    /// `iat` is to come, or behind `exp`.
    case issuedAt = "TOKEN_ISSUED_AT"
    case issuer = "TOKEN_ISSUER"
    case audience = "TOKEN_AUDIENCE"
    /// No `sub`, or one that is no name.
    case subject = "TOKEN_SUBJECT"
    /// No role, or one that is none here.
    case role = "TOKEN_ROLE"

    /// Whether somebody may be guessing: who has a token of the issuer's is not.
    var isGuess: Bool {
        switch self {
        case .malformed, .algorithm, .critical, .type, .unknownKey, .signature: true
        case .claim, .noExpiry, .expired, .notYetValid, .issuedAt, .issuer, .audience, .subject,
            .role:
            false
        }
    }
}
