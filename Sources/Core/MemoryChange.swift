/// A row number of the memories: rising in the order in which they were made, never reused.
public typealias MemoryID = Int64

/// What a person wants done with memories that are there.
public enum MemoryChange: Equatable, Sendable {
    /// Retention keeps a pinned memory.
    case pin(MemoryID, Bool)
    case forget(MemoryID)
    /// Makes it be about a further entity, or no longer.
    case link(MemoryID, String, Bool)
    /// Those made before a time, of one layer or all: the `Limits.forgetSliceRows` oldest.
    case forgetBefore(Timestamp, layer: Memory.Layer?, alsoPinned: Bool)
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
