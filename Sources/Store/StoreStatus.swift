import Core

/// What a store holds, at one moment.
public struct StoreStatus: Equatable, Sendable {
    public var logID: String
    public var schemaVersion: Int
    public var createdAt: Timestamp
    /// The oldest and newest event kept; nil when none is.
    public var firstEvent: LogPosition?
    public var lastEvent: LogPosition?
    public var acknowledgedThrough: EventSequence
    /// The newest checkpoint of the mind.
    public var checkpoint: LogPosition?
    public var rulesetDigest: String?
    public var outboxDepth: Int
    /// Bytes of the pages in use, without the write-ahead log.
    public var bytes: Int64
    /// Nobody has it open for writing, and the last one to do so closed it.
    public var isClosed: Bool
}
