/// Something that happened at the door of the API, for the audit chain; the same again is counted.
public struct AccessRecord: Equatable, Sendable {
    public enum Kind: String, CaseIterable, Sendable {
        /// Credentials were shown and are good.
        case authenticated
        /// They are not, or do not suffice for what was asked.
        case refused
        /// An address or a key has to wait after too many failures.
        case lockedOut = "locked_out"
        /// A request was done that changes something.
        case changed
    }

    /// When it happened, the first time of `count`.
    public var at: Timestamp
    /// Without a name where nobody was authenticated.
    public var actor: Actor
    public var kind: Kind
    /// The method and the route as the table has it, `PUT /soul/{entity}`; empty where no route was
    /// meant. Never what stands in place of the braces: the chain keeps its records as they are,
    /// and a name of an entity would outlast its forgetting.
    public var what: String
    /// Why it was refused, as a stable code; empty where it was not.
    public var reason: String
    /// 1...
    public var count: Int

    public init(
        at: Timestamp, actor: Actor, kind: Kind, what: String, reason: String = "", count: Int = 1
    ) {
        self.at = at
        self.actor = actor
        self.kind = kind
        self.what = what
        self.reason = reason
        self.count = count
    }
}
