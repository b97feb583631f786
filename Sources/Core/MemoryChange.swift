/// A row number of the memories: rising in the order in which they were made, never reused.
public typealias MemoryID = Int64

/// What is done with memories that are there.
public enum MemoryChange: Equatable, Sendable {
    /// Retention keeps a pinned memory.
    case pin(MemoryID, Bool)
    case forget(MemoryID)
    /// Answers have shown it so often since this was last said, 1...
    case recalled(MemoryID, Int)
    /// Makes it be about a further entity, or no longer.
    case link(MemoryID, String, Bool)
    /// Those made before a time, of one layer or all: the `Limits.forgetSliceRows` oldest.
    case forgetBefore(Timestamp, layer: Memory.Layer?, alsoPinned: Bool)
}

/// How often answers have shown a memory.
public struct RecallCount: Equatable, Sendable {
    public var id: MemoryID
    /// 1...
    public var count: Int

    public init(id: MemoryID, count: Int) {
        self.id = id
        self.count = count
    }
}

/// What a memory is worth: from 1 on it is promoted to the long-term layer.
///
/// Its importance, a twentieth for each time that it was recalled, at most a half, and a half where
/// a person has pinned it.
public enum MemoryWorth {
    public static let promoted = 1.0

    public static func of(importance: Double, recalls: Int, isPinned: Bool) -> Double {
        importance + min(0.5, Double(recalls) / 20) + (isPinned ? 0.5 : 0)
    }
}

/// Who asked for a memory: to be answered with the number that the store gives it.
public struct MemoryReceipt: Equatable, Sendable {
    /// Index into `Outcome.memories`.
    public var memory: Int
    public var form: AnswerForm
    /// Names the answer in its envelope.
    public var id: String

    public init(memory: Int, form: AnswerForm, id: String) {
        self.memory = memory
        self.form = form
        self.id = id
    }
}
