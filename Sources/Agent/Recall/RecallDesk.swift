import Core

/// The queries that wait, and what was recalled how often.
struct RecallDesk {
    var desk = AnswerDesk(waitingMax: Limits.queriesMax)
    /// How often answers have shown a memory, until the log says so.
    private var counts: [MemoryID: Int] = [:]
    private var countsDue = MonotonicTime(microseconds: 0)

    /// Queries and answers.
    var waiting: Int { desk.waiting }

    mutating func count(_ ids: [MemoryID], at now: MonotonicTime) {
        if counts.isEmpty { countsDue = now + Limits.recallCountInterval }
        for id in ids where counts[id] != nil || counts.count < Limits.recallsCounted {
            counts[id, default: 0] += 1
        }
    }

    /// What was counted, ascending, where it is time to say so; nothing is counted any longer then.
    mutating func takeCounts(at now: MonotonicTime) -> [RecallCount] {
        guard !counts.isEmpty, now >= countsDue else { return [] }
        defer { counts = [:] }
        return counts.sorted { $0.key < $1.key }.map { RecallCount(id: $0.key, count: $0.value) }
    }
}
