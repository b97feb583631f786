import Core

/// Prometheus' text format 0.0.4, read (docs/metrics.md): the value of each sample by its name with
/// its labels, as they are written there.
struct MetricText: Equatable, Sendable {
    private var values: [String: Double] = [:]

    /// What is no sample is passed over.
    init(_ bytes: [UInt8]) {
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard line.first != UInt8(ascii: "#"),
                let gap = line.lastIndex(of: UInt8(ascii: " ")),
                let value = Double(String(decoding: line[(gap + 1)...], as: UTF8.self))
            else { continue }
            values[String(decoding: line[..<gap], as: UTF8.self)] = value
        }
    }

    subscript(name: String) -> Double? { values[name] }

    /// The sum of some; nil where one is missing.
    func sum(_ names: [String]) -> Double? {
        var sum = 0.0
        for name in names {
            guard let value = values[name] else { return nil }
            sum += value
        }
        return sum
    }

    /// A histogram of durations; nil where there is none of this name.
    func durations(_ name: String) -> DurationCounts? {
        let (start, end) = ("\(name)_bucket{le=\"", "\"}")
        let buckets = values.compactMap { series, count -> DurationCounts.Bucket? in
            guard series.hasPrefix(start), series.hasSuffix(end),
                let bound = Double(series.dropFirst(start.count).dropLast(end.count))
            else { return nil }
            return DurationCounts.Bucket(bound: bound, count: count)
        }
        return DurationCounts(buckets)
    }
}

/// How many took at most so long, by bounds.
struct DurationCounts: Equatable, Sendable {
    struct Bucket: Equatable, Sendable {
        /// In seconds; the last is infinite.
        var bound: Double
        /// Of all that took at most so long.
        var count: Double
    }

    /// A quantile, as near as the bounds of the buckets tell it.
    enum Quantile: Equatable, Sendable {
        /// In seconds.
        case at(Double)
        /// More than the last bound.
        case above(Double)
    }

    /// Ascending by their bounds.
    private let buckets: [Bucket]

    /// - Returns: nil unless the last bound is infinite.
    init?(_ buckets: [Bucket]) {
        self.buckets = buckets.sorted { $0.bound < $1.bound }
        guard self.buckets.last?.bound == .infinity else { return nil }
    }

    var total: Double { buckets.last?.count ?? 0 }

    /// Those that came behind an earlier look; nil where it was at another life of the process.
    func since(_ earlier: DurationCounts) -> DurationCounts? {
        guard buckets.map(\.bound) == earlier.buckets.map(\.bound) else { return nil }
        let grown = zip(buckets, earlier.buckets).map { now, before in
            Bucket(bound: now.bound, count: now.count - before.count)
        }
        return grown.allSatisfy { $0.count >= 0 } ? DurationCounts(grown) : nil
    }

    /// Within a bucket all places are taken for equally likely, as Prometheus does.
    /// - Parameter share: from 0 to 1.
    /// - Returns: nil where nothing was counted.
    func quantile(_ share: Double) -> Quantile? {
        guard total > 0 else { return nil }
        let rank = share * total
        var below = Bucket(bound: 0, count: 0)
        for bucket in buckets {
            if bucket.count >= rank, bucket.count > below.count {
                guard bucket.bound.isFinite else { return .above(below.bound) }
                let part = (rank - below.count) / (bucket.count - below.count)
                return .at(below.bound + (bucket.bound - below.bound) * part)
            }
            below = bucket
        }
        return nil
    }
}
