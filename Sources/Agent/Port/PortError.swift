/// Why the loop did not do what it was asked; it never will.
public enum PortError: Error, Equatable, Sendable {
    /// `Limits.portQuestionsMax` wait already: ask again later, and less.
    case overloaded
    /// The loop did not get to it within `Limits.portPatience`: it is stuck, or has too much to do.
    case late
    /// The agent stops, or has stopped.
    case stopped
}

extension PortError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .overloaded: "too many questions wait for the agent; try again later"
        case .late: "the agent has not answered in time; try again later"
        case .stopped: "the agent is stopping"
        }
    }
}
