import Core

/// No rule of this name was in effect: ask about another.
public struct UnknownRule: Error, Equatable, Sendable {
    public var name: String
    /// The event at which it was not.
    public var event: EventSequence
    /// The one that was probably meant.
    public var nearest: String?

    init(_ name: String, at event: EventSequence, among names: [String]) {
        self.name = name
        self.event = event
        nearest = nearestName(to: name, among: names)
    }
}

extension UnknownRule: CustomStringConvertible {
    public var description: String {
        "the rule set in effect at event \(event) has no rule '\(name)'"
            + (nearest.map { "; \($0)?" } ?? "")
    }
}
