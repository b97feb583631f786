import Core

/// The end of a page. What was remembered since the first page is on none of the others.
public struct MemoryPlace: Equatable, Sendable {
    /// The newest memory of the first page's moment.
    var through: MemoryID
    /// With words: how many memories came before. Without: the number of the last of them.
    var position: Int64

    /// As a person or a program carries it to the next search: `1841-20`.
    public var text: String { "\(through)-\(position)" }

    /// nil where no page ends so.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let through = Self.number(parts[0]),
            let position = Self.number(parts[1])
        else { return nil }
        self.init(through: through, position: position)
    }

    init(through: MemoryID, position: Int64) {
        self.through = through
        self.position = position
    }

    private static func number(_ text: Substring) -> Int64? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            ? Int64(text) : nil
    }
}

/// What a search has found.
public struct MemoryPage: Equatable, Sendable {
    /// With words the best first, without the newest first.
    public var memories: [StoredMemory] = []
    /// For the query of the next page; nil where this one is the last.
    public var next: MemoryPlace?
    /// Memories that all pages together have: with words of the newest
    /// `Limits.recallCandidatesMax` that match, without at most `Limits.recallTotalMax`.
    public var total = 0
    /// More match than were counted.
    public var isTotalCapped = false
    /// Where it begins.
    var start = MemoryPlace(through: 0, position: 0)
    var isRanked = false

    public init() {}

    /// The first so many memories as a page of their own.
    /// - Parameter count: 1...
    public func prefix(_ count: Int) -> MemoryPage {
        guard count < memories.count else { return self }
        var page = self
        page.memories = Array(memories.prefix(count))
        page.next = page.end
        return page
    }

    /// The place behind its last memory.
    var end: MemoryPlace {
        let position =
            isRanked ? start.position + Int64(memories.count) : memories.last?.id ?? start.position
        return MemoryPlace(through: start.through, position: position)
    }
}
