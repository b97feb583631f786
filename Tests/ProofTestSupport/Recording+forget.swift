import Core

extension Recording {
    /// The event that forgets an entity; the store erases nothing of it.
    public func askToForget(_ entity: String) throws {
        try control(.forgotten(digest: mind.settings.forgottenDigest(of: entity), author: ""))
    }
}
