import Foundation

/// How much slower than usual the programs are, so that a promise in seconds can be held to under a
/// sanitizer as well.
enum Pace {
    /// `JAMEY_SLOWNESS`, which `scripts/test --sanitize` sets; 1 otherwise.
    static let slowness =
        ProcessInfo.processInfo.environment["JAMEY_SLOWNESS"].flatMap(Int.init) ?? 1
}
