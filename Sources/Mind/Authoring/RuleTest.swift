import Core

/// One test of an operator's: messages with times, and what the rules are to make of them.
public struct RuleTest {
    public var name: String
    public var file: String
    public var line: Int
    /// When its clock starts; the rules take effect then.
    var start: Timestamp
    var steps: [Step]

    struct Step {
        /// Since the start, never decreasing.
        var at: Duration
        /// nil where time passes only.
        var message: Message?
        /// How often the message comes, and how far apart.
        var times = 1
        var interval: Duration = .zero
        /// Each kind of what is told that the step names, whole and in order.
        var expected: [Expected] = []
    }

    /// All that is expected of one kind since the step before.
    struct Expected {
        var kind: Kind
        var place: YAMLValue
        var items: [Item]
    }

    /// What has to be found, as far as it is given.
    struct Item {
        var place: YAMLValue
        var members: [(name: String, value: YAMLValue)]
    }

    /// What an outcome can hold.
    enum Kind: String, CaseIterable {
        case verdicts, alerts, messages, memories, feelings, rejections

        /// The members that an item can be told by.
        var keys: [String] {
            switch self {
            case .verdicts:
                [
                    "approved", "entity", "route", "action", "by", "errors", "explanation",
                    "moral_score",
                ]
            case .alerts:
                ["rule", "entity", "state", "severity", "message", "value", "route", "since"]
            case .messages: ["topic", "payload", "qos", "retain"]
            case .memories: ["layer", "entity", "content", "tags", "rule"]
            case .feelings: ["entity", "emotion", "rule", "weight", "source"]
            case .rejections: ["code", "message"]
            }
        }
    }
}

extension RuleFile {
    /// Whether a name is that of a file of tests, which stands beside the rules and is none.
    public static func isTest(_ name: String) -> Bool {
        suffixes.contains { name.hasSuffix("_test" + $0) }
    }
}
