import CEL
import Core

/// What rules make of one message, rule by rule: what an author asks while writing them.
public struct Explanation: Sendable {
    /// A route that the message's topic has.
    public struct Route: Sendable {
        public var name: String
        /// `telemetry`, `guard` or `evaluate`.
        public var kind: String
        public var entity: String
        /// In the order of the pattern.
        public var captures: [(name: String, value: String)]
        public var rules: [Rule]
    }

    public struct Rule: Sendable {
        public var name: String
        public var file: String
        public var line: Int
        public var mode: String
        /// Whether it would be asked about the message at all.
        public var isAsked: Bool
        /// What is known of the condition without asking: the term that is false, where the rule
        /// is passed over, or the terms that are looked at and are not; nil where it is asked
        /// about every message.
        public var access: [String]?
        public var terms: [Term]
        /// What the whole condition gave: `true`, `false` or an error.
        public var result: String
        /// How it waits: `for 30s`.
        public var timing: [String]
        /// What it had come to about the entity before.
        public var standing = Standing()
        public var stance: String?
        public var weight: Double
    }

    /// What a rule has come to about an entity: whether its alert fires, and what it waits for.
    public struct Standing: Equatable, Sendable {
        public enum Wait: String, Sendable {
            /// The condition holds; the alert is raised when it has held for long enough.
            case raise
            /// The condition holds no longer; the alert is resolved when that has lasted.
            case resolve
            /// The alert is raised when nothing is heard until then.
            case absent
        }

        public var firingSince: Timestamp?
        public var wait: Wait?
        /// When what it waits for falls due.
        public var due: Timestamp?
        /// When its alert began last, where it has a cooldown.
        public var raisedAt: Timestamp?

        public init() {}
    }

    public struct Term: Sendable {
        public var text: String
        public var result: String
        /// What it would have to give for the rule to apply.
        public var wanted = true
        /// What it looks at, and the value of that.
        public var observed: String?
        public var value: String?
        public var comparison: Comparison?
        /// What it is made of, where it is no comparison itself: a variable's terms, alternatives.
        public var parts: [Term] = []
        /// One of its parts would be enough.
        public var isAnyOf = false
    }

    /// Two values that a term compares, as JSON or why they are missing.
    public struct Comparison: Equatable, Sendable {
        /// `==`, `!=`, `<`, `<=`, `>` or `>=`: what has to be between the two for the term to hold.
        public var relation: String
        public var left: String
        public var leftValue: String
        public var right: String
        public var rightValue: String
        /// Whether a side has the same value always; the other is what could be otherwise.
        public var isLeftConstant: Bool
        public var isRightConstant: Bool
    }

    public var routes: [Route]
    /// What a mind that has heard nothing else concludes; timers have not fired.
    public var outcome: Outcome
}
