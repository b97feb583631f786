import Core

/// How long to wait before the next attempt: exponential, with full jitter, so that agents which
/// lost the same broker do not come back in step.
enum Backoff {
    /// - Parameter failures: in a row, from 1.
    static func delay(
        failures: Int, isAuthentication: Bool, using generator: inout some RandomNumberGenerator
    ) -> Duration {
        let bounds = range(failures: failures, isAuthentication: isAuthentication)
        let drawn = Int64.random(
            in: bounds.lowerBound.microseconds...bounds.upperBound.microseconds, using: &generator)
        return .microseconds(drawn)
    }

    static func range(failures: Int, isAuthentication: Bool) -> ClosedRange<Duration> {
        // From 2 to the 10 on every ceiling is reached.
        let factor = 1 << min(max(failures - 1, 0), 10)
        guard isAuthentication else {
            let ceiling = min(Limits.reconnectDelayMax, Limits.reconnectDelayBase * factor)
            return Limits.reconnectDelayMin...max(ceiling, Limits.reconnectDelayMin)
        }
        let ceiling = min(Limits.refusedDelayMax, Limits.refusedDelayMin * 2 * factor)
        return Limits.refusedDelayMin...ceiling
    }
}
