/// Why an API key is not good. For the audit chain; the client gets the same answer for all of
/// them but `notLoaded`.
enum KeyFault: String, Error, CaseIterable, Sendable {
    /// There is no such key, or it is none by its form.
    case unknown = "UNKNOWN_KEY"
    /// There is one of this id, with another secret.
    case wrong = "WRONG_KEY"
    /// The secret is right; its time is over.
    case expired = "EXPIRED_KEY"
    /// The secret is right; the key was revoked.
    case revoked = "REVOKED_KEY"
    /// It may be one of those that the store has, which could not be read yet.
    case notLoaded = "KEYS_NOT_READ"

    /// Whether somebody may be guessing: who has the right secret is not.
    var isGuess: Bool {
        switch self {
        case .unknown, .wrong: true
        case .expired, .revoked, .notLoaded: false
        }
    }
}
