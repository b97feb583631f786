import CEL
import Core

extension Rule {
    /// How long an alert's condition has to hold, and how the alert ends (rules.md).
    public struct Timing: Equatable, Sendable {
        /// `for`: raised when `when` has held this long; zero raises at once.
        public var hold: Duration = .zero
        /// `keep_firing_for`: resolved this long after `when` ceased to hold.
        public var keepFiring: Duration = .zero
        /// `absent`: raised when no message for which `when` holds has come for this long.
        public var absent: Duration?
        /// `cooldown`: not raised again for this long after it was raised.
        public var cooldown: Duration = .zero

        public init() {}

        /// Whether a rule without it does just the same.
        var isEmpty: Bool { self == Timing() }
    }

    /// One call of a function that remembers: its state belongs to the rule, the entity and this.
    public struct Site: Sendable {
        enum Kind: Equatable, Sendable {
            case window(WindowPlan)
            case changed
        }

        /// Counts the rule's expressions that have such calls.
        let expression: Int
        /// `HostCall.site` within it.
        let place: Int
        let kind: Kind
        /// What is passed: evaluated for every message, wherever the rest of the rule gets to.
        var argument: CEL.Expression
    }

    /// Whether something about each entity is kept for it.
    var hasState: Bool { !timing.isEmpty || !sites.isEmpty }

    /// Everything that its state depends on: a rule of the same name and text goes on with it.
    var stateText: String {
        var parts = [name, when.source, message?.source ?? ""]
        if case .expression(let strength) = strength { parts.append(strength.source) }
        parts += variables.flatMap { [$0.name, $0.expression.source] }
        parts += actions.flatMap { [$0.topic.text, $0.payload.source] }
        parts += memories.map(\.content.source)
        parts += [timing.hold, timing.keepFiring, timing.absent ?? .zero, timing.cooldown]
            .map(\.text)
        return parts.map { "\($0.utf8.count):\($0)" }.joined()
    }
}
