/// Of the audit chain (decision 0024).
extension Limits {
    /// Decisions that retention deletes under one statement at least. Fewer wait until
    /// `auditRemovalInterval` after the statement before: each is a link of the chain.
    public static let auditRemovalRows = 64
    /// How long fewer than `auditRemovalRows` old decisions wait at most.
    public static let auditRemovalInterval: Duration = .seconds(60)
    /// Links beyond those of the decisions of a slice that retention takes from the beginning of
    /// the chain in it.
    public static let auditPruneLinks = 2_000
    /// Links read at a time where they are verified.
    public static let auditPageLinks = 1_024
    /// Findings of a verification that are kept; further ones are counted.
    public static let auditFindingsMax = 100
    /// Links that one `--limit` may ask for; they are in memory together.
    public static let auditShownMax = 10_000
    /// Bytes of a file with a key; a larger one is refused.
    public static let auditKeyBytesMax = 4_096
    /// Bytes of a file of certificates that is read for its mark; of a larger one nothing is known.
    public static let auditCredentialBytesMax = 4 << 20
    /// Bytes of a file with a head; a larger one is refused.
    public static let auditHeadBytesMax = 4_096
}
