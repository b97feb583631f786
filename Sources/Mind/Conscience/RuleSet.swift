import CEL
import Core

/// Routes and rules, checked as a whole: immutable once made.
public struct RuleSet: Sendable {
    /// `sha256:` and 64 hexadecimal digits over the names and texts of its files.
    public var digest: String
    /// In file and name order; the built-in `evaluate` route is always among them.
    public var routes: [Route]
    /// In file order, then as written.
    public var rules: [Rule]
    public var files: [RuleFile]
    /// What its `episodes` section says.
    public var episodes = EpisodePolicy()
    /// What its `soul` section says.
    public var soul = SoulRules()
}

/// One file of a rule set, as read.
public struct RuleFile: Equatable, Sendable {
    public var name: String
    public var text: String

    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}

/// Where messages come from and what is done with them.
public struct Route: Sendable {
    public enum Kind: Sendable {
        case telemetry(topic: TopicPattern)
        case guarded(propose: TopicPattern, approved: TopicTemplate, denied: TopicTemplate)
        /// Requests on `{root}/conscience/evaluate`.
        case evaluate
    }

    public enum Record: Equatable, Sendable {
        case all, changed, none
        case every(Duration)
    }

    public var name: String
    public var kind: Kind
    /// Names the entity from the captures. nil: the topic is the entity's name; on `evaluate`, the
    /// body names it.
    public var entity: TopicTemplate?
    public var record: Record
    public var threshold: Double
    /// The verdict when no rule has anything to say.
    public var isApprovedByDefault: Bool
    /// Active and shadow rules of this route: indices into `RuleSet.rules`, ascending.
    public var rules: [Int]
    /// Of telemetry: whether the numbers of its recorded messages are rolled up.
    public var makesRollUps = true

    /// Whether both hear the same topics and name the same entities by them: who was heard on one
    /// is then heard on the other.
    func hears(as other: Route) -> Bool {
        let (topic, otherTopic) = (kind.pattern?.text ?? "", other.kind.pattern?.text ?? "")
        let (name, otherName) = (entity?.text ?? "", other.entity?.text ?? "")
        return topic.hasSameBytes(as: otherTopic) && name.hasSameBytes(as: otherName)
    }
}

/// One rule. On telemetry it raises an alert; on proposals it takes a stance.
public struct Rule: Sendable {
    public enum Stance: String, Sendable, CaseIterable { case support, oppose, veto }
    public enum OnError: String, Sendable, CaseIterable { case deny, ignore }
    public enum Mode: String, Sendable, CaseIterable { case active, shadow, off }
    public enum Severity: String, Sendable, CaseIterable { case info, warning, critical }
    public enum Strength: Sendable {
        case constant(Double)
        case expression(CEL.Expression)
    }

    /// A named expression, evaluated at most once per event, in order, on first use.
    public struct Variable: Sendable {
        public var name: String
        public var expression: CEL.Expression
    }

    /// `publish`: topic from captures, payload by expression (a JSON value, or a string's bytes).
    public struct PublishAction: Sendable {
        public var topic: TopicTemplate
        public var payload: CEL.Expression
        public var qos: QoS
        public var retain: Bool
    }

    /// `remember`: a memory about the entity.
    public struct RememberAction: Sendable {
        public var layer: Memory.Layer
        public var content: CEL.Expression
        public var tags: [String]
    }

    /// `feel`: evidence about the entity.
    public struct FeelAction: Equatable, Sendable {
        public var emotion: Emotion
        /// In billionths of a piece.
        public var weight: Int64
    }

    public var name: String
    public var description: String
    public var weight: Double
    /// nil on rules that only raise alerts.
    public var stance: Stance?
    public var variables: [Variable]
    public var when: CEL.Expression
    /// What an alert of this rule shows as its value: what its condition looks at.
    var value: CEL.Expression?
    public var strength: Strength
    public var message: CEL.Expression?
    public var onError: OnError
    public var mode: Mode
    public var severity: Severity
    public var actions: [PublishAction]
    public var memories: [RememberAction] = []
    public var feelings: [FeelAction] = []
    public var timing = Timing()
    /// Where it calls functions that remember, by expression and place.
    public var sites: [Site] = []
    /// Where it asks what was learned about its route's entities.
    var baselines: [BaselineCall] = []
    /// Where the rule stands: file name and line, for explanations.
    public var file: String
    public var line: Int
}
