import Core
import Synchronization

/// A clock that moves only when the test says so.
final class TestClock: TimeSource {
    private let time: Mutex<(wall: Timestamp, monotonic: MonotonicTime)>

    init(wall: Timestamp = Timestamp(microseconds: 1_767_225_600_000_000)) {
        time = Mutex((wall, MonotonicTime(microseconds: 1_000_000)))
    }

    func now() -> Timestamp { time.withLock { $0.wall } }
    func monotonic() -> MonotonicTime { time.withLock { $0.monotonic } }

    func advance(by duration: Duration) {
        time.withLock { time in
            time.wall = time.wall + duration
            time.monotonic = time.monotonic + duration
        }
    }
}
