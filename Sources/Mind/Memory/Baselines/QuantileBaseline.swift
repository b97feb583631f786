import Core

/// `baseline.quantile`: what a field was, over the last one to two weeks.
///
/// Two sketches: one takes readings in, one holds those of the time before it. When the first has a
/// week and enough readings, it becomes the second, which is let go. So nothing is ever taken out
/// of a sketch, and a quantile is as exact as the sketches are.
struct QuantileBaseline: Equatable, Sendable {
    /// Readings that a sketch has before it may become the old one, however long that takes.
    static let sketchCountMin = 4_096
    static let sketchSpan: Duration = .seconds(7 * 24 * 3600)
    /// Readings before there is a quantile: one in the part that it cuts off, between these.
    static let countRange = 60.0...10_000.0

    private(set) var recent = QuantileSketch()
    private(set) var earlier = QuantileSketch()
    private(set) var shift = QuantileSketch.finest
    /// When the first reading of `recent` came.
    private(set) var began = Timestamp(microseconds: 0)

    var count: Int { recent.count + earlier.count }

    var estimatedBytes: Int {
        96 + (recent.buckets.count + earlier.buckets.count)
            * MemoryLayout<QuantileSketch.Bucket>.stride
    }

    /// The value below which this share of the readings lies; NaN while too few came, so that no
    /// comparison with it holds.
    func value(atShare share: Double) -> Double {
        guard count >= Self.countNeeded(for: share),
            let key = QuantileSketch.key(atShare: share, in: recent, and: earlier)
        else { return .nan }
        return QuantileSketch.middle(of: key, shift: shift)
    }

    static func countNeeded(for share: Double) -> Int {
        let cutOff = min(share, 1 - share)
        let count = min(max(1 / cutOff, countRange.lowerBound), countRange.upperBound)
        return Int(count.rounded())
    }

    mutating func learn(_ reading: Double, at now: Timestamp) {
        if recent.count >= Self.sketchCountMin, now - began >= Self.sketchSpan {
            swap(&recent, &earlier)
            recent = QuantileSketch()
        }
        if recent.count == 0 { began = now }
        recent.add(QuantileSketch.key(of: reading, shift: shift))
        while recent.buckets.count > Limits.baselineBucketsMax, shift < QuantileSketch.coarsest {
            shift += 1
            recent.widen()
            earlier.widen()
        }
    }
}

extension QuantileSketch {
    /// The key at place `⌊share · (n − 1)⌋` of the ascending samples of two sketches; nil where
    /// there is none.
    static func key(atShare share: Double, in one: Self, and other: Self) -> Int32? {
        let total = one.count + other.count
        guard total > 0 else { return nil }
        var rest = Int(share * Double(total - 1))
        var (left, right) = (0, 0)
        while true {
            let isLeft =
                left < one.buckets.count
                && (right == other.buckets.count
                    || one.buckets[left].key <= other.buckets[right].key)
            let bucket = isLeft ? one.buckets[left] : other.buckets[right]
            if rest < bucket.count { return bucket.key }
            rest -= bucket.count
            if isLeft { left += 1 } else { right += 1 }
        }
    }
}

extension QuantileBaseline {
    func encode(to encoder: inout CheckpointEncoder) {
        encoder.byte(UInt8(shift))
        encoder.time(began)
        recent.encode(to: &encoder)
        earlier.encode(to: &encoder)
    }

    init(from decoder: inout CheckpointDecoder) throws(CheckpointError) {
        shift = Int(try decoder.byte())
        guard (QuantileSketch.finest...QuantileSketch.coarsest).contains(shift) else {
            throw decoder.damaged
        }
        began = try decoder.time()
        recent = try QuantileSketch(from: &decoder)
        earlier = try QuantileSketch(from: &decoder)
        guard recent.count > 0 || earlier.count == 0 else { throw decoder.damaged }
        for sketch in [recent, earlier] {
            guard
                sketch.buckets.count <= Limits.baselineBucketsMax
                    || shift == QuantileSketch.coarsest
            else { throw decoder.damaged }
        }
    }
}
