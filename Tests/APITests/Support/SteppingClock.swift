import Core

/// A clock that each look at its monotonic time moves on.
final class SteppingClock: TimeSource {
    private let clock = TestClock()
    private let step: Duration

    init(by step: Duration) { self.step = step }

    func now() -> Timestamp { clock.now() }

    func monotonic() -> MonotonicTime {
        clock.advance(by: step)
        return clock.monotonic()
    }
}
