// MARK: Replay

extension Limits {
    /// Checkpoints of the mind that are kept along the log: the newest two, and others spaced so
    /// that a replay begins near what it is asked for. Of further ones that goes whose neighbours
    /// are nearest to each other.
    public static let checkpointsKept = 16
    /// Bytes of these checkpoints together; beyond it they are thinned out in the same way, but the
    /// newest two stay.
    public static let checkpointsBytesMax: Int64 = 64 << 20
    /// The part of the store's bytes that they may take: one divided by this.
    public static let checkpointsShareOfStore: Int64 = 8
    /// Checkpoints that a start can use, and retention deletes no event after: where the newest
    /// cannot be decoded, the one before it can.
    public static let checkpointsForStart = 2
    /// Bytes of a checkpoint that are read to know whether it can be used.
    public static let checkpointHeadBytes = 256
    /// Decisions of the log that are read in one transaction.
    public static let replayDecisionRows = 1_024
    /// Bytes of a decision's JSON that a replay tells, as many as can be published, and of a value
    /// that is stored beside it. Of longer ones, which only somebody else can have written into the
    /// store, it tells the length.
    public static let toldDecisionBytesMax = packetBytesMax
    public static let toldColumnBytesMax = 4_096
}

// MARK: Why

extension Limits {
    /// Terms of one rule, variables followed, that an explanation takes apart.
    public static let explainedTermsMax = 256
    /// Events that are folded between two looks whether whoever asked still waits.
    public static let foldLookEvents: Int64 = 64
}
