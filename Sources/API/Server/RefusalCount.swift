import Core

/// How often the requests of one connection were refused as too many, within a while: a pure value.
struct RefusalCount: Sendable {
    private var count = 0
    private var since = MonotonicTime(microseconds: 0)
    /// The connection has had its share, and is to end.
    private(set) var isOver = false

    /// Notes a refusal.
    /// - Returns: whether it is the last one, or comes behind that.
    mutating func add(at now: MonotonicTime) -> Bool {
        if count == 0 || now - since >= Limits.apiRefusalsTime { (count, since) = (0, now) }
        count += 1
        isOver = isOver || count >= Limits.apiRefusalsMax
        return isOver
    }
}
