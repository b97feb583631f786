import Core

/// Who asks, once that is known.
public struct Principal: Hashable, Sendable {
    /// `key:ID name`, a token's subject, `uid:1000`, or a topic of requests: `mqtt:api/viewers`.
    public var name: String
    public var role: Role
    /// What they have shown; nil of who is known without.
    public var shown: ShownCredentials?

    public init(name: String, role: Role, shown: ShownCredentials? = nil) {
        self.name = name
        self.role = role
        self.shown = shown
    }
}

/// Credentials that were good, as far as it takes to see whether they still are.
public enum ShownCredentials: Hashable, Sendable {
    /// An API key: its id, and the SHA-256 of the secret that was shown.
    case key(id: String, hash: [UInt8])
    /// A token: when it ends, and the fingerprint of the key that it was verified with.
    case token(until: Timestamp, key: [UInt8])
}

extension Principal {
    /// The same, who may do so much at most.
    func held(to roleMax: Role) -> Principal {
        var principal = self
        principal.role = min(role, roleMax)
        return principal
    }
}

extension APIContext {
    /// As what follows from the request is signed with.
    var actor: Actor {
        Actor(name: principal?.name ?? "", address: source.address)
    }
}
