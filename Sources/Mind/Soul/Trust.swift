/// What the agent has come to believe about an entity: a Beta reputation (Jøsang and Ismail 2002).
///
/// One unit of evidence for and one against is the prior, so trust starts at 0.5. Evidence is
/// recorded by later parts of the soul; its place in the state and in the checkpoint is here.
public struct Trust: Equatable, Sendable {
    /// Evidence for, the prior included; at least 1.
    public var alpha: Double
    /// Evidence against, the prior included; at least 1.
    public var beta: Double

    public static let prior = Trust(alpha: 1, beta: 1)

    /// `α / (α + β)`, in 0...1.
    public var value: Double { alpha / (alpha + beta) }
}
