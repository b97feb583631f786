import Core
import Synchronization

/// The API keys in force, as the store has them, where every request finds them without a look into
/// the store.
///
/// What changes keys changes the store first and the ring then (`apply`), so that a key is revoked
/// from the very next request on, and one that could not be stored is good for nothing.
public final class KeyRing: Sendable {
    fileprivate struct Ring: Sendable {
        var keys: [String: StoredKey] = [:]
        /// Whether they were taken from the store.
        var isLoaded = false
        /// Keys made, rotated and revoked so far.
        var changes = 0
        /// Since they were written down last.
        var used: [String: Timestamp] = [:]
    }

    private let ring = Mutex(Ring())
    /// Compared where there is no key: nobody has its secret.
    private let dummy = APIKeyToken.make().hash

    /// Without the keys of the store: nothing is said about one that it may have.
    public init() {}

    /// - Parameter keys: as the store has them.
    public init(_ keys: [StoredKey]) { load(keys) }

    /// Takes the keys as the store has them, in the place of those before.
    public func load(_ keys: [StoredKey]) {
        let byID = Dictionary(keys.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        ring.withLock { ring in
            ring.keys = byID
            ring.isLoaded = true
        }
    }

    /// Whether the keys of the store are known. Until then no key is unknown.
    var isLoaded: Bool { ring.withLock { $0.isLoaded } }

    /// Keys made, rotated and revoked so far.
    var changes: Int { ring.withLock { $0.changes } }

    /// The same, unless a key was changed meanwhile: then what was read may be older than that.
    /// - Parameter changes: as many as there were before the keys were read.
    /// - Returns: whether they were taken; read them again where not.
    func load(_ keys: [StoredKey], unlessChangedSince changes: Int) -> Bool {
        let byID = Dictionary(keys.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        return ring.withLock { ring in
            guard ring.changes == changes else { return false }
            ring.keys = byID
            ring.isLoaded = true
            return true
        }
    }

    /// Every key, the oldest first, with its last use as it is now.
    public var keys: [StoredKey] {
        ring.withLock { Array($0.keys.values) }
            .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    public func key(_ id: String) -> StoredKey? { ring.withLock { $0.keys[id] } }

    /// Follows a change that the store has taken.
    public func apply(_ change: KeyChange) {
        ring.withLock { ring in
            ring.changes += 1
            switch change {
            case .create(let key):
                ring.keys[key.id] = key
                ring.keepWithinBounds(at: key.createdAt)
            case .rotate(let id, let hash, let previousUntil):
                ring.keys[id]?.rotate(to: hash, previousUntil: previousUntil)
            case .revoke(let id, let at):
                if ring.keys[id]?.isRevoked == false { ring.keys[id]?.revokedAt = at }
            case .used(let times):
                for (id, time) in times { ring.keys[id]?.use(at: time) }
            }
        }
    }

    /// Whose key it is.
    ///
    /// Takes the same time for a key that there is and one that there is not: two comparisons in
    /// constant time, with the secret and the one before it, or with one that nobody has.
    func authenticate(_ text: String, at now: Timestamp) -> Result<StoredKey, KeyFault> {
        guard let token = APIKeyToken(text) else { return .failure(.unknown) }
        let hash = token.hash
        return ring.withLock { ring in
            let key = ring.keys[token.id]
            let (isCurrent, isPrevious) = compare(hash, with: key, at: now)
            guard let key else { return .failure(ring.isLoaded ? .unknown : .notLoaded) }
            guard isCurrent || isPrevious else { return .failure(.wrong) }
            if key.isRevoked { return .failure(.revoked) }
            if key.isExpired(at: now) { return .failure(.expired) }
            ring.keys[token.id]?.use(at: now)
            ring.used[token.id] = now
            return .success(key)
        }
    }

    /// Why a secret that was good is so no longer; nil: it still is.
    ///
    /// Takes the same time for every key likewise: it is asked before any rate is held.
    /// - Parameter hash: of the secret.
    func fault(of id: String, _ hash: [UInt8], at now: Timestamp) -> KeyFault? {
        let key = key(id)
        let (isCurrent, isPrevious) = compare(hash, with: key, at: now)
        guard let key else { return .unknown }
        guard isCurrent || isPrevious else { return .wrong }
        if key.isRevoked { return .revoked }
        return key.isExpired(at: now) ? .expired : nil
    }

    private func compare(
        _ hash: [UInt8], with key: StoredKey?, at now: Timestamp
    ) -> (isCurrent: Bool, isPrevious: Bool) {
        let hashes = key?.hashes(at: now) ?? []
        return (
            ConstantTime.areEqual(hash, hashes.first ?? dummy),
            ConstantTime.areEqual(hash, hashes.dropFirst().first ?? dummy)
        )
    }

    /// When keys were used since it was asked last, to be written down.
    func takeUsed() -> [String: Timestamp] {
        ring.withLock { ring in
            defer { ring.used = [:] }
            return ring.used
        }
    }

    /// They could not be written down.
    func giveBack(_ used: [String: Timestamp]) {
        ring.withLock { ring in ring.used.merge(used) { max($0, $1) } }
    }
}

extension KeyRing: CustomStringConvertible, CustomReflectable {
    public var description: String { "\(ring.withLock { $0.keys.count }) keys" }
    public var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .class) }
}

extension KeyRing.Ring {
    /// As the store does it: what ended first makes room.
    fileprivate mutating func keepWithinBounds(at now: Timestamp) {
        while keys.count > Limits.apiKeysMax {
            let ended = keys.values.filter { $0.isRevoked || $0.isExpired(at: now) }
            guard let first = ended.min(by: { $0.end < $1.end }) else { return }
            keys[first.id] = nil
            used[first.id] = nil
        }
    }
}

extension StoredKey {
    /// When it was over.
    fileprivate var end: Timestamp { revokedAt ?? expiresAt ?? .latest }

    fileprivate mutating func rotate(to new: [UInt8], previousUntil: Timestamp?) {
        self.previousHash = previousUntil == nil ? nil : hash
        self.previousUntil = previousUntil
        hash = new
    }

    fileprivate mutating func use(at time: Timestamp) {
        lastUsedAt = max(lastUsedAt ?? time, time)
    }
}
