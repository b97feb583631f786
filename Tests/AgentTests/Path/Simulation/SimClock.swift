import Core
import Synchronization

/// A clock that only the test moves: the wall may step both ways, the monotonic time only goes on.
final class SimClock: TimeSource {
    private struct Reading {
        var wall: Int64
        var monotonic: Int64
    }

    private let reading = Mutex(Reading(wall: 1_700_000_000_000_000, monotonic: 5_000_000))

    func now() -> Timestamp { Timestamp(microseconds: reading.withLock { $0.wall }) }

    func monotonic() -> MonotonicTime {
        MonotonicTime(microseconds: reading.withLock { $0.monotonic })
    }

    func advance(_ duration: Duration) {
        let microseconds = max(0, duration.microseconds)
        reading.withLock {
            $0.wall += microseconds
            $0.monotonic += microseconds
        }
    }

    /// The wall clock alone steps, as when NTP or a person sets it.
    func step(_ duration: Duration) { reading.withLock { $0.wall += duration.microseconds } }
}
