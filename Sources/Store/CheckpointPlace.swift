import Core

/// Where along the log a checkpoint of the mind stands.
public struct CheckpointPlace: Equatable, Sendable {
    /// The last event that it knows.
    public var sequence: EventSequence
    public var at: Timestamp
    /// Of the whole.
    public var bytes: Int64
    /// Its first `Limits.checkpointHeadBytes` bytes, by which the mind knows its own.
    public var head: [UInt8]
    /// Of its row.
    var id: Int64
}

extension CheckpointPlace {
    /// Which of them has to give way, nil where all may stay.
    ///
    /// The newest `Limits.checkpointsForStart` stay. So does the oldest where the log's beginning
    /// is gone: what is before it can be replayed no more. Of the others that goes whose neighbours
    /// are nearest to each other, the older of two; so those that are left stand at distances that
    /// differ little, however long the log grows.
    /// - Parameters:
    ///   - sequences: of the checkpoints, ascending.
    ///   - beginning: the event before the first that is kept; 0 where all are.
    static func dispensable(
        _ sequences: [EventSequence], beginning: EventSequence
    ) -> Int? {
        let first = beginning == 0 ? 0 : 1
        let candidates = first..<max(first, sequences.count - Limits.checkpointsForStart)
        return candidates.min { left, right in
            gap(around: left, sequences, beginning) < gap(around: right, sequences, beginning)
        }
    }

    private static func gap(
        around index: Int, _ sequences: [EventSequence], _ beginning: EventSequence
    ) -> Int64 {
        sequences[index + 1] - (index == 0 ? beginning : sequences[index - 1])
    }
}
