import Core

/// Counts of samples by their magnitude, from which any quantile follows with a bounded error.
///
/// Buckets grow with the value, as in DDSketch (Masson, Rim and Lee 2019), but their bounds are cut
/// from the bits of the double: 64 to a power of two. So every quantile is off by at most 1/128 of
/// itself (`accuracy`), on every machine alike, and a bucket is found without a logarithm. Counts
/// are whole numbers: what left is subtracted exactly, and nothing drifts.
///
/// With more than `Limits.sketchBucketsMax` buckets in use, pairs of neighbours become one, as in
/// UDDSketch, and the error doubles; that takes values spread over more than 32 powers of two.
/// Values nearer to zero than 2⁻¹⁰²² count as zero.
struct QuantileSketch: Equatable, Sendable {
    struct Bucket: Equatable, Sendable {
        /// Ascends with the values: the sign and the first bits of the double.
        var key: Int32
        var count: Int
    }

    /// Ascending, none with count 0.
    private(set) var buckets: [Bucket] = []
    private(set) var count = 0

    /// The bits of a double that a bucket does not tell apart: one more after each widening, until
    /// a bucket is a power of two. There are no more than 4,094 of those.
    static let finest = 46
    static let coarsest = 52

    /// The key of a sample where buckets span `2^shift` doubles.
    static func key(of sample: Double, shift: Int) -> Int32 {
        let bits = sample.magnitude < Double.leastNormalMagnitude ? 0 : sample.magnitude.bitPattern
        let place = Int32(truncatingIfNeeded: bits >> UInt64(shift))
        return sample < 0 ? ~place : place
    }

    /// The middle of a bucket.
    static func middle(of key: Int32, shift: Int) -> Double {
        let place = UInt64(key < 0 ? ~key : key)
        if place == 0 { return 0 }
        let least = Double(bitPattern: place << UInt64(shift))
        let bound = Double(bitPattern: (place + 1) << UInt64(shift))
        let width = (bound.isFinite ? bound : .greatestFiniteMagnitude) - least
        let middle = least + width / 2
        return key < 0 ? -middle : middle
    }

    mutating func add(_ key: Int32, _ number: Int = 1) {
        let place = buckets.firstPlace { $0.key >= key }
        count += number
        if place < buckets.count, buckets[place].key == key {
            buckets[place].count += number
        } else {
            buckets.insert(Bucket(key: key, count: number), at: place)
        }
    }

    /// Takes out what was added before.
    mutating func remove(_ other: QuantileSketch) {
        for bucket in other.buckets {
            let place = buckets.firstPlace { $0.key >= bucket.key }
            guard place < buckets.count, buckets[place].key == bucket.key else { continue }
            let number = min(bucket.count, buckets[place].count)
            buckets[place].count -= number
            count -= number
            if buckets[place].count == 0 { buckets.remove(at: place) }
        }
    }

    /// Joins pairs of neighbouring buckets.
    mutating func widen() {
        var joined: [Bucket] = []
        joined.reserveCapacity(buckets.count)
        for bucket in buckets {
            let key = bucket.key >> 1
            if let last = joined.indices.last, joined[last].key == key {
                joined[last].count += bucket.count
            } else {
                joined.append(Bucket(key: key, count: bucket.count))
            }
        }
        buckets = joined
    }

    /// The key of the sample at place `⌊share · (n − 1)⌋` of the ascending ones, 0 the first, one
    /// more sample counted in; nil where there is none.
    func key(atShare share: Double, adding extra: Int32?) -> Int32? {
        let total = count + (extra == nil ? 0 : 1)
        guard total > 0 else { return nil }
        var rest = Int(share * Double(total - 1))
        var isExtraAhead = extra != nil
        for bucket in buckets {
            if let extra, isExtraAhead, extra <= bucket.key {
                if rest == 0 { return extra }
                rest -= 1
                isExtraAhead = false
            }
            if rest < bucket.count { return bucket.key }
            rest -= bucket.count
        }
        return isExtraAhead ? extra : buckets.last?.key
    }
}

extension QuantileSketch {
    func encode(to encoder: inout CheckpointEncoder) {
        encoder.count(buckets.count)
        for bucket in buckets {
            encoder.int(Int64(bucket.key))
            encoder.count(bucket.count)
        }
    }

    init(from decoder: inout CheckpointDecoder) throws(CheckpointError) {
        self.init()
        for _ in 0..<(try decoder.count()) {
            guard let key = Int32(exactly: try decoder.int()) else { throw decoder.damaged }
            let number = try decoder.samples()
            guard buckets.last.map({ $0.key < key }) ?? true,
                buckets.count < 2 * Limits.sketchBucketsMax
            else { throw decoder.damaged }
            buckets.append(Bucket(key: key, count: number))
            count += number
        }
    }
}

extension Array {
    /// The first place of which a condition holds that holds from there on.
    func firstPlace(where holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
