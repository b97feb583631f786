/// The agent's own state, as `{root}/status` names it.
public enum AgentState: String, Sendable, CaseIterable {
    case starting, online, degraded, stopping, offline
}
