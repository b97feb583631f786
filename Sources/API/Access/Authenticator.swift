import Core
import Crypto
import Synchronization

/// Finds out who asks: the same way by HTTP and by the broker.
///
/// - The local socket is an administrator: the permissions of its file decide who gets there
///   (docs/access.md). Who shows credentials there all the same is taken by these.
/// - Everybody else shows an API key or a JSON Web Token.
///
/// Whoever is sent away gets one of two answers, `UNAUTHENTICATED` or `LOCKED_OUT`; why is in the
/// audit chain only. While the store's keys could not be read there is a third, `UNAVAILABLE`. What
/// is shown is kept nowhere and told nobody.
public final class Authenticator: Sendable {
    private let keys: KeyRing
    private let tokens: TokenVerifier?
    private let access: AccessLog
    private let clock: any TimeSource
    private let lockout = Mutex(Lockout())

    /// - Parameter tokens: nil: no tokens are taken.
    public init(
        keys: KeyRing, tokens: TokenVerifier?, access: AccessLog, clock: any TimeSource
    ) {
        self.keys = keys
        self.tokens = tokens
        self.access = access
        self.clock = clock
    }

    /// Who asks.
    ///
    /// - Parameters:
    ///   - header: The field `Authorization`, or the same text from the user property of a message.
    ///   - source: Where the request comes from.
    ///   - now: By the wall clock; keys and tokens expire by it.
    ///   - what: The method and the pattern of the route, for the audit chain.
    /// - Returns: `UNAUTHENTICATED`: no credentials, or none that are good. `LOCKED_OUT`: too many
    ///   failures from there, and what was shown is wrong, or can be guessed (`canBeGuessed`) and
    ///   was not looked at; `Retry-After` says until when.
    ///   `UNAVAILABLE`: nobody knows yet whether the key is good, and this counts as no failure.
    public func authenticate(
        header: String?, source: Source, at now: Timestamp, asking what: String = ""
    ) -> Result<Principal, APIError> {
        guard let header else {
            if case .unix(let uid) = source { return .success(welcome(.local(uid), from: source)) }
            access.refused(from: source, what: what, reason: "NO_CREDENTIALS")
            return .failure(.unauthenticated)
        }
        guard let shown = Self.bearer(header) else {
            access.refused(from: source, what: what, reason: "BAD_AUTHORIZATION")
            return .failure(.unauthenticated)
        }
        return judge(shown, from: source, at: now, asking: what)
    }

    /// Why what somebody was let in by is good no longer, as the audit chain names it; nil: it is.
    ///
    /// To be asked again by what takes its time: a body that comes slowly, a stream.
    func fault(of principal: Principal) -> String? {
        switch principal.shown {
        case nil: nil
        case .key(let id, let hash)?: keys.fault(of: id, hash, at: clock.now())?.rawValue
        case .token(let until, let key)?:
            tokens?.fault(until: until, key, at: clock.now())?.rawValue
        }
    }

    /// The digest of what is shown, where whoever shows it is known: by an API key in force, or by
    /// a token that was good from there within `Limits.lockoutTrust`. nil of everybody else.
    ///
    /// For what is asked before any rate is held: it costs no signature, and notes nothing.
    func knownDigest(in header: String?, from source: Source) -> [UInt8]? {
        guard let header, let shown = Self.bearer(header) else { return nil }
        let digest = Self.digest(of: shown)
        if let key = APIKeyToken(shown) {
            return keys.fault(of: key.id, key.hash, at: clock.now()) == nil ? digest : nil
        }
        let (block, now) = (AddressBlock(source.address), clock.monotonic())
        let isKnown = lockout.withLock { $0.isProven(from: block, showing: digest, at: now) }
        return isKnown ? digest : nil
    }

    private static func digest(of shown: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(shown.utf8)))
    }

    /// What follows `Bearer` (RFC 6750, section 2.1); nil of another scheme, and of what is too
    /// long to be a key or a token.
    private static func bearer(_ header: String) -> String? {
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer",
            parts[1].utf8.count <= Limits.tokenBytesMax
        else { return nil }
        return String(parts[1])
    }

    private func judge(
        _ shown: String, from source: Source, at now: Timestamp, asking what: String
    ) -> Result<Principal, APIError> {
        let block = AddressBlock(source.address)
        let digest = Self.digest(of: shown)
        let time = clock.monotonic()
        let delay = lockout.withLock { $0.delay(for: block, showing: digest, at: time) }
        if let delay, Self.canBeGuessed(shown) { return lockedOut(for: delay, source) }
        switch principal(of: shown, at: now) {
        case .success(let principal):
            // A key is looked at anyway, and would take the place of a token.
            if case .token? = principal.shown {
                lockout.withLock { $0.succeed(from: block, showing: digest, at: time) }
            }
            return .success(welcome(principal, from: source))
        case .failure(let fault):
            if let delay, fault.isGuess { return lockedOut(for: delay, source) }
            access.refused(name: fault.name, from: source, what: what, reason: fault.reason)
            if fault.isGuess {
                let delay = lockout.withLock {
                    $0.fail(from: block, keyID: fault.keyID, at: time)
                }
                if delay != nil {
                    access.lockedOut(from: source, what: what, reason: fault.reason)
                }
            }
            return .failure(fault.answer)
        }
    }

    /// Whether somebody may come upon it by trying: a token of HS256, whose secret a person may
    /// have made up. Nobody guesses the bits of a key, or a signature without its key: these are
    /// looked at while their address waits, or whoever fails behind a proxy keeps all there out.
    private static func canBeGuessed(_ shown: String) -> Bool {
        if APIKeyToken(shown) != nil { return false }
        switch (try? CompactToken(shown))?.algorithm {
        case .rs256?, .es256?, .eddsa?: return false
        case .hs256?, nil: return true
        }
    }

    private func lockedOut(
        for delay: Duration, _ source: Source
    ) -> Result<Principal, APIError> {
        access.refused(from: source, reason: "LOCKED_OUT")
        return .failure(.lockedOut(for: delay))
    }

    /// Why nobody was found behind credentials.
    private struct Fault: Error {
        var reason: String
        var isGuess: Bool
        var answer = APIError.unauthenticated
        /// Of a key that there is.
        var keyID: String?

        /// As the audit chain names whoever showed it: who has the right secret of a key that is
        /// over. Who guesses one is nobody.
        var name: String { isGuess ? "" : keyID.map { "key:\($0)" } ?? "" }
    }

    private func principal(
        of shown: String, at now: Timestamp
    ) -> Result<Principal, Fault> {
        if shown.hasPrefix(APIKeyToken.prefix) {
            return keys.authenticate(shown, at: now).map { key in
                Principal(key, showing: APIKeyToken(shown)?.hash ?? key.hash)
            }.mapError { Self.fault($0, of: shown) }
        }
        guard let tokens else {
            return .failure(Fault(reason: "TOKENS_NOT_TAKEN", isGuess: true))
        }
        return tokens.verify(shown, at: now).mapError {
            Fault(reason: $0.rawValue, isGuess: $0.isGuess)
        }
    }

    private static func fault(_ fault: KeyFault, of shown: String) -> Fault {
        switch fault {
        case .unknown: Fault(reason: fault.rawValue, isGuess: fault.isGuess)
        case .notLoaded:
            Fault(reason: fault.rawValue, isGuess: fault.isGuess, answer: .keysNotRead)
        case .wrong, .expired, .revoked:
            Fault(
                reason: fault.rawValue, isGuess: fault.isGuess, keyID: APIKeyToken(shown)?.id)
        }
    }

    private func welcome(_ principal: Principal, from source: Source) -> Principal {
        access.authenticated(principal, from: source)
        return principal
    }
}

extension Principal {
    /// Whoever opened the local socket.
    static func local(_ uid: UInt32?) -> Principal {
        Principal(name: uid.map { "uid:\($0)" } ?? "unix", role: .admin)
    }

    /// Whose key it is.
    /// - Parameter hash: of the secret that was shown: the key's, or the one before.
    init(_ key: StoredKey, showing hash: [UInt8]) {
        self.init(
            name: "key:\(key.id) \(key.name)", role: key.role,
            shown: .key(id: key.id, hash: hash))
    }
}

extension APIError {
    /// Nobody can tell yet whether a key is good.
    static let keysNotRead = APIError(
        .serviceUnavailable, code: "UNAVAILABLE",
        message: "the API keys cannot be read at this moment; try again later",
        headers: [.retryAfter: APIError.seconds(Limits.apiKeysRetryDelay)])

    /// - Parameter delay: until credentials from there are looked at again.
    static func lockedOut(for delay: Duration) -> APIError {
        APIError(
            .tooManyRequests, code: "LOCKED_OUT",
            message: "too many attempts with wrong credentials: wait before the next one",
            headers: [.retryAfter: seconds(delay)])
    }
}
