/// Who asks for something, and from where: what a change is signed with.
public struct Actor: Hashable, Sendable {
    /// `key:ID name`, the subject of a token, `uid:1000`, or a client of the broker; empty of
    /// somebody who was not authenticated.
    public var name: String
    /// `127.0.0.1`, `unix` or `mqtt`.
    public var address: String

    public init(name: String, address: String) {
        self.name = name
        self.address = address
    }
}
