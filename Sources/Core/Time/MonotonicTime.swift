#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A moment on a clock that never steps: for delays, timeouts and the watchdog, never for events.
public struct MonotonicTime: Hashable, Comparable, Sendable {
    /// Microseconds since an arbitrary start, the machine's boot on Linux.
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    public static func < (a: MonotonicTime, b: MonotonicTime) -> Bool {
        a.microseconds < b.microseconds
    }

    public static func + (a: MonotonicTime, b: Duration) -> MonotonicTime {
        let (sum, overflow) = a.microseconds.addingReportingOverflow(b.microseconds)
        return MonotonicTime(microseconds: overflow ? .max : sum)
    }

    public static func - (a: MonotonicTime, b: MonotonicTime) -> Duration {
        .microseconds(a.microseconds &- b.microseconds)
    }
}

/// Where the shell reads time; the tests put a clock of their own here.
public protocol TimeSource: Sendable {
    /// The wall clock, which may step.
    func now() -> Timestamp
    func monotonic() -> MonotonicTime
}

/// The machine's own clocks.
public struct SystemTime: TimeSource {
    public init() {}

    public func now() -> Timestamp { Timestamp(microseconds: Self.read(CLOCK_REALTIME)) }

    public func monotonic() -> MonotonicTime {
        MonotonicTime(microseconds: Self.read(CLOCK_MONOTONIC))
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
