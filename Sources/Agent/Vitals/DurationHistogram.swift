import Core

/// How long something took, counted in buckets of fixed bounds. Plain integers.
public struct DurationHistogram: Equatable, Sendable {
    /// Upper bounds, inclusive, in microseconds; what took longer is in one more bucket.
    static let bounds: [Int64] = [
        250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000,
        1_000_000, 2_500_000,
    ]

    /// Of each bucket by itself.
    private(set) var counts = Array(repeating: 0, count: DurationHistogram.bounds.count + 1)
    private(set) var microseconds: Int64 = 0

    public init() {}

    var count: Int { counts.reduce(0, +) }

    public mutating func add(_ duration: Duration) {
        let taken = max(0, duration.microseconds)
        microseconds += taken
        counts[Self.bounds.firstIndex { taken <= $0 } ?? Self.bounds.count] += 1
    }
}
