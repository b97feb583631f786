import CEL
import Core

/// A rule as read from its file; the routes it applies to are not looked up yet.
struct RuleDraft {
    /// Which messages it is asked about.
    enum Target {
        /// `on:` names.
        case routes([YAMLValue])
        /// `topic:` makes a telemetry route of its own; nil where the topic is at fault.
        case topic(TopicPattern?)
        /// Neither: whatever is proposed.
        case everyProposal
        /// At fault, and recorded.
        case unknown
    }

    var name: String
    var nameValue: YAMLValue
    var target: Target
    var stance: YAMLValue?
    var onError: YAMLValue?
    var actions: [ActionTopic]
    /// The first action of any kind.
    var firstAction: YAMLValue?
    /// The keys of its timing, for what the routes do not allow.
    var timingKeys: [YAMLValue]
    /// Where it calls functions that remember.
    var sites: [RuleSites.Place]
    /// Those of them that ask what was learned.
    var baselines: [RuleSites.Place]
    /// The captures that it asks for.
    var captures: [RuleCaptures.Use]
    /// nil where an error was recorded.
    var rule: Rule?

    /// An action's topic, to be checked against the captures of the rule's routes.
    struct ActionTopic {
        var value: YAMLValue
        var topic: TopicTemplate
    }
}
