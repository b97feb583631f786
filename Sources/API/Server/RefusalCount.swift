import Core

/// How often the requests of one connection were refused as too many, within a while: a pure value.
struct RefusalCount: Sendable {
    private var count = 0
    private var since = MonotonicTime(microseconds: 0)

    /// Notes a refusal.
    /// - Returns: whether the connection has had its share, and is to end.
    mutating func add(at now: MonotonicTime) -> Bool {
        if count == 0 || now - since >= Limits.apiRefusalsTime { (count, since) = (0, now) }
        count += 1
        return count >= Limits.apiRefusalsMax
    }
}
