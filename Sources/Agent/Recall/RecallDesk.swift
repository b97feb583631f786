import Core

/// The queries that were taken and not answered yet, and the answers on their way.
struct RecallDesk {
    private var asked: [Int: AnswerForm] = [:]
    private var inFlight: Set<UInt16> = []
    private var last = 0
    private var overloadsLeft = Limits.overloadsToldPerBurst
    /// How often answers have shown a memory, until the log says so.
    private var counts: [MemoryID: Int] = [:]
    private var countsDue = MonotonicTime(microseconds: 0)

    var isFull: Bool { waiting >= Limits.queriesMax }
    /// Queries and answers.
    var waiting: Int { asked.count + inFlight.count }
    var hasQuestions: Bool { !asked.isEmpty }

    /// - Returns: the number of a question, of one that is answered at once as well.
    mutating func number() -> Int {
        last += 1
        return last
    }

    mutating func add(_ form: AnswerForm) -> Int {
        let number = number()
        asked[number] = form
        return number
    }

    /// - Returns: nil where nobody waits for it any longer.
    mutating func take(_ number: Int) -> AnswerForm? { asked.removeValue(forKey: number) }

    mutating func sent(packetID: UInt16) { if packetID != 0 { inFlight.insert(packetID) } }
    mutating func confirmed(packetID: UInt16) { inFlight.remove(packetID) }

    /// Whoever asked over that link asks again.
    mutating func linkLost() {
        asked.removeAll()
        inFlight.removeAll()
    }

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

    mutating func beginBurst() { overloadsLeft = Limits.overloadsToldPerBurst }

    /// Whether one more question that is not taken is told so.
    mutating func takeOverload() -> Bool {
        overloadsLeft -= 1
        return overloadsLeft >= 0
    }
}
