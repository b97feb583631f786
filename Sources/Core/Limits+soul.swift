/// Bounds of what is believed about entities.
extension Limits {
    /// Souls remembered; beyond it the one whose evidence changed longest ago is forgotten.
    public static let soulsMax = 50_000
    /// Evidence for, and against, one entity, in billionths of a piece; more counts as this.
    public static let soulEvidenceMax: Int64 = 1_000_000_000 * 1_000_000_000
    /// What verdicts may have said of each emotion, in billionths of a piece; one that would make
    /// it more does not count.
    public static let soulVerdictsMax: Int64 = 1_000_000_000
    /// What one verdict says, in billionths of a piece.
    public static let soulVerdictWeight: Int64 = 100_000_000
    /// Evidence of which less is left, in billionths of a piece, says nothing about the mood.
    public static let soulTraceMin: Int64 = 1_000_000
    /// Pieces that one record of a rule or a person may weigh.
    public static let soulWeights = 0.001...100.0
    /// Trust that a person may set.
    public static let soulTrustSet = 0.01...0.99
    /// Half-lives that a person may have pass at once.
    public static let soulHalfLivesDecayed = 0.01...100.0
    /// Bytes of what a person says about a record; a longer text is refused.
    public static let soulNoteBytesMax = 1_024
    /// The half-life of evidence that rules may ask for.
    public static let soulHalfLifeMin: Duration = .seconds(1)
    public static let soulHalfLifeMax: Duration = .seconds(3_660 * 24 * 3600)
    /// Pieces of evidence kept of one soul; beyond it the oldest are deleted. Trust keeps what they
    /// came to.
    public static let evidencePerSoulMax = 256
    /// The same over all souls.
    public static let evidenceMax = 250_000
    /// Souls that one `--limit` may ask for; they are in memory together.
    public static let soulsShownMax = 10_000
}
