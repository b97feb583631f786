import Core

/// How many messages of an entity were taken in within the last minute, nearly: for people who
/// look for the loudest. It decides nothing, so no checkpoint has it.
///
/// Two minutes are counted one by one, and stand for the window between them: no more is done per
/// message than to count.
struct Loudness: Equatable, Sendable {
    private static let span: Int64 = 60_000_000

    /// When the minute began that is counted, in microseconds of the log's time.
    private var start: Int64 = 0
    private var count: UInt32 = 0
    private var countBefore: UInt32 = 0

    mutating func add(at time: Timestamp) {
        let elapsed = time.microseconds &- start
        if elapsed >= Self.span { begin(at: time, after: elapsed) }
        count &+= 1
    }

    private mutating func begin(at time: Timestamp, after elapsed: Int64) {
        let follows = elapsed < 2 * Self.span
        countBefore = follows ? count : 0
        start = follows ? start + Self.span : time.microseconds
        count = 0
    }

    /// - Parameter time: not before that of the last message.
    func perMinute(at time: Timestamp) -> Int {
        let elapsed = max(0, time.microseconds &- start)
        let passed = Double(elapsed % Self.span) / Double(Self.span)
        switch elapsed / Self.span {
        case 0: return Int((Double(count) + Double(countBefore) * (1 - passed)).rounded())
        case 1: return Int((Double(count) * (1 - passed)).rounded())
        case _: return 0
        }
    }
}
