import Core

/// A memory as it lies in the store.
public struct StoredMemory: Equatable, Sendable {
    public var id: MemoryID
    public var memory: Memory
    /// A person wants it kept.
    public var isPinned: Bool
    /// How often it was recalled.
    public var recalls: Int
    /// How well it matches the words of a search, 0...1; nil where there were none.
    public var score: Double?

    public init(
        id: MemoryID, memory: Memory, isPinned: Bool = false,
        recalls: Int = 0, score: Double? = nil
    ) {
        self.id = id
        self.memory = memory
        self.isPinned = isPinned
        self.recalls = recalls
        self.score = score
    }
}

/// Which memories to find; all conditions must hold.
public struct MemoryQuery: Equatable, Sendable {
    /// Words that must all be there, in content or tags: `word`, `"several words"`, `begin*`.
    ///
    /// Case and diacritics make no difference. Any text will do: what is no word is no condition,
    /// unless nothing in the text is one, which finds nothing. Of a longer text,
    /// `Limits.recallTextBytesMax` bytes and `Limits.recallWordsMax` words count.
    public var text: String
    public var layer: Memory.Layer?
    public var entity: String?
    /// All of these, exactly as written.
    public var tags: [String]
    /// From then on.
    public var since: Timestamp?
    /// Before then.
    public var until: Timestamp?
    /// Memories at most, 1...; they are in memory together.
    public var limit: Int
    /// Where an earlier page of the same query ended.
    public var page: MemoryPlace?

    public init(
        text: String = "", layer: Memory.Layer? = nil, entity: String? = nil, tags: [String] = [],
        since: Timestamp? = nil, until: Timestamp? = nil, limit: Int = 10,
        page: MemoryPlace? = nil
    ) {
        self.text = text
        self.layer = layer
        self.entity = entity
        self.tags = tags
        self.since = since
        self.until = until
        self.limit = limit
        self.page = page
    }
}

/// How many memories there are.
public struct MemoryCounts: Equatable, Sendable {
    public var layers: [(layer: Memory.Layer, count: Int)] = []
    public var pinned = 0
    public var oldest: Timestamp?
    public var newest: Timestamp?

    public var total: Int { layers.reduce(0) { $0 + $1.count } }

    public static func == (one: MemoryCounts, other: MemoryCounts) -> Bool {
        one.layers.elementsEqual(other.layers, by: ==) && one.pinned == other.pinned
            && one.oldest == other.oldest && one.newest == other.newest
    }
}

extension Memory.Layer {
    /// `memory.layer`
    var number: Int64 {
        switch self {
        case .episodic: 1
        case .semantic: 2
        case .longTerm: 3
        }
    }

    /// nil for a number that this version never writes.
    init?(number: Int64) {
        guard let layer = Self.allCases.first(where: { $0.number == number }) else { return nil }
        self = layer
    }
}
