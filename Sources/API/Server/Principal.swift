import Core

/// Who asks, once that is known.
public struct Principal: Hashable, Sendable {
    /// `key:ID name`, a token's subject, `uid:1000`, or a topic of requests: `mqtt:api/viewers`.
    public var name: String
    public var role: Role
    /// Of the API key that was shown.
    public var keyID: String?

    public init(name: String, role: Role, keyID: String? = nil) {
        self.name = name
        self.role = role
        self.keyID = keyID
    }
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
