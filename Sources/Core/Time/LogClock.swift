/// The time of events, which never goes back even where the wall clock does (decision 0005).
///
/// Normally it is the wall clock. Where that has stepped back behind the last event, time flows on
/// from there at half the monotonic rate until the wall clock has caught up: timers keep firing and
/// nothing jumps. A pure value; the caller reads the clocks.
public struct LogClock: Sendable {
    /// The last time given; the log's last before the first.
    public private(set) var last: Timestamp
    /// How far the log was ahead of the wall clock at the last reading; zero normally.
    public private(set) var skew: Duration = .zero
    /// Where the slow flow starts from: the last reading at which the wall clock was followed.
    private var anchor: (time: Timestamp, monotonic: MonotonicTime)?

    /// - Parameter last: The time of the log's last event; `.earliest` for an empty log.
    public init(last: Timestamp) { self.last = last }

    /// The time for an event that happens now.
    ///
    /// - Returns: `wall`, or what flows on from `last` while `wall` is behind it; never less than
    ///   what was returned before.
    public mutating func at(wall: Timestamp, monotonic: MonotonicTime) -> Timestamp {
        if wall >= last {
            anchor = (wall, monotonic)
            skew = .zero
            last = wall
            return wall
        }
        let start = anchor ?? (last, monotonic)
        anchor = start
        let elapsed = max(.zero, monotonic - start.monotonic)
        // From the anchor and not step by step: halves of single microseconds would be lost.
        last = max(last, start.time + .microseconds(elapsed.microseconds / 2))
        skew = last - wall
        return last
    }
}
