/// Where the crash tests end the agent, beside the store's own places (scripts/soak).
public enum AgentFailpoint: String, Sendable, CaseIterable {
    /// The burst is acknowledged, what follows from it is not published.
    case afterAcknowledge
}
