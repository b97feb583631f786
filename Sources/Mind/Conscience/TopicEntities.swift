import Core

/// Whom topics are about, by the routes of a rule set: for reading a log without a mind.
public struct TopicEntities: Sendable {
    private var router: Router

    /// - Parameter ruleset: nil where none is known: then no topic is about anybody.
    public init(_ ruleset: RuleSet?) {
        // Requests have topics below the agent's root; they name their entity in the body.
        router = Router(ruleset, Mind.Settings(root: "", logID: ""))
    }

    /// The entities that messages on a topic are about, each once.
    public mutating func entities(of topic: String) -> [String] { router.entities(of: topic) }
}
