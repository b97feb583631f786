import Core

/// What the agent has come to believe about an entity: a Beta reputation (Jøsang and Ismail 2002).
///
/// One unit of evidence for and one against is the prior, so trust starts at 0.5. Nothing is
/// forgotten yet.
public struct Trust: Equatable, Sendable {
    /// Evidence for, the prior included; at least 1.
    public var alpha: Double
    /// Evidence against, the prior included; at least 1.
    public var beta: Double

    public static let prior = Trust(alpha: 1, beta: 1)

    /// `α / (α + β)`, in 0...1.
    public var value: Double { alpha / (alpha + beta) }

    /// One unit of evidence, divided between for and against.
    public mutating func record(_ emotion: Emotion) {
        alpha += emotion.evidence
        beta += 1 - emotion.evidence
    }
}
