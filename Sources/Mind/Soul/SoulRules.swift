import Core

/// What a rule set says about souls: its `soul` section (rules.md, "Soul").
public struct SoulRules: Equatable, Sendable {
    /// How long until half of the evidence is forgotten.
    public var halfLife = Soul.halfLifeDefault
    /// Whether verdicts and alerts are recorded by themselves.
    public var isAutomatic = false
    /// What is felt then; nil for nothing.
    public var approved: Emotion? = .joy
    public var denied: Emotion? = .anger
    public var info: Emotion?
    public var warning: Emotion? = .sadness
    public var critical: Emotion? = .anger

    public init() {}

    func emotion(of severity: Rule.Severity) -> Emotion? {
        switch severity {
        case .info: info
        case .warning: warning
        case .critical: critical
        }
    }
}
