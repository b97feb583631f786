import Core

/// Token buckets: so many requests per second, and a burst on top, for each key of its own.
///
/// A bucket is one moment: when it will be full again. That is the generic cell rate algorithm
/// (ITU-T I.371), whole numbers without a timer. A pure value; the caller reads the clock. There
/// are `Limits.rateBucketsMax` buckets; beyond, the one that was asked longest ago is given up, as
/// if it were full.
struct RateLimiter<Key: Hashable & Sendable>: Sendable {
    /// What one token takes to come back, in microseconds.
    private let interval: Int64
    /// The same for a whole bucket.
    private let allowance: Int64
    private var buckets: RecentTable<Key, MonotonicTime>

    /// - Parameters:
    ///   - perSecond: Requests in the long run; 0.001...1,000,000, what lies beyond is taken as
    ///     that.
    ///   - burst: Requests at once; at least 1.
    init(perSecond: Double, burst: Int, bucketsMax: Int = Limits.rateBucketsMax) {
        let rate = min(max(perSecond, 0.001), 1_000_000)
        // Rounded up: never more than was said.
        interval = Int64((1_000_000 / rate).rounded(.up))
        allowance = interval * Int64(min(max(burst, 1), 1_000_000))
        buckets = RecentTable(capacity: bucketsMax)
    }

    var count: Int { buckets.count }

    /// Takes a token for a request.
    ///
    /// - Returns: nil: it may pass. Else how long until the next one may; nothing was taken.
    mutating func take(for key: Key, at now: MonotonicTime) -> Duration? {
        buckets.update(key, from: now) { full in
            let start = max(full.microseconds, now.microseconds)
            let missing = start + interval - now.microseconds
            if missing > allowance { return .microseconds(missing - allowance) }
            full.microseconds = start + interval
            return nil
        }
    }
}
