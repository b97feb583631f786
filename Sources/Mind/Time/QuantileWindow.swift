import Core

/// `over.quantile`: a window of panes as `PaneWindow`, each with its own sketch, and one of all.
struct QuantileWindow: Equatable, Sendable {
    private struct Pane: Equatable, Sendable {
        var first: Timestamp
        var last: Timestamp
        var sketch: QuantileSketch
    }

    private let span: Duration
    /// In the order of time; the last still takes in samples.
    private var panes: [Pane] = []
    private var total = QuantileSketch()
    private var shift = QuantileSketch.finest

    init(span: Duration) { self.span = span }

    var paneCount: Int { panes.count }
    /// How far a quantile may be from the sample that it stands for, as a part of that.
    var accuracy: Double {
        // Buckets begin at 1/128 and double with each widening.
        var accuracy = 1.0 / 128
        for _ in QuantileSketch.finest..<shift { accuracy *= 2 }
        return accuracy
    }
    var estimatedBytes: Int {
        let bucket = MemoryLayout<QuantileSketch.Bucket>.stride
        return panes.reduce(96 + total.buckets.count * bucket) {
            $0 + MemoryLayout<Pane>.stride + 32 + $1.sketch.buckets.count * bucket
        }
    }

    mutating func add(_ sample: Double, at time: Timestamp) {
        expire(at: time)
        let key = QuantileSketch.key(of: sample, shift: shift)
        let isShared =
            panes.count >= Limits.windowExactSamples
            && panes.last.map { time - $0.first < .microseconds(span.paneMicroseconds) } ?? false
        if !isShared { panes.append(Pane(first: time, last: time, sketch: QuantileSketch())) }
        panes[panes.count - 1].last = time
        panes[panes.count - 1].sketch.add(key)
        total.add(key)
        while total.buckets.count > Limits.sketchBucketsMax, shift < QuantileSketch.coarsest {
            widen()
        }
    }

    /// The quantile of what is in the window at a time, and of one more sample then; nil where
    /// nothing is in it. Leaves the window as it is.
    func value(share: Double, at now: Timestamp, adding sample: Double? = nil) -> Double? {
        let start = now + (.zero - span)
        var present = total
        for pane in panes {
            guard pane.last <= start else { break }
            present.remove(pane.sketch)
        }
        let shift = present.count == 0 ? QuantileSketch.finest : shift
        let extra = sample.map { QuantileSketch.key(of: $0, shift: shift) }
        return present.key(atShare: share, adding: extra).map {
            QuantileSketch.middle(of: $0, shift: shift)
        }
    }

    private mutating func expire(at now: Timestamp) {
        let start = now + (.zero - span)
        let left = panes.firstIndex { $0.last > start } ?? panes.count
        guard left > 0 else { return }
        for pane in panes[..<left] { total.remove(pane.sketch) }
        panes.removeFirst(left)
        // What begins anew is fine again.
        if panes.isEmpty { shift = QuantileSketch.finest }
    }

    private mutating func widen() {
        shift += 1
        total.widen()
        for index in panes.indices { panes[index].sketch.widen() }
    }
}

extension QuantileWindow {
    func encode(to encoder: inout CheckpointEncoder) {
        encoder.byte(UInt8(shift))
        encoder.count(panes.count)
        for pane in panes {
            encoder.time(pane.first)
            encoder.time(pane.last)
            pane.sketch.encode(to: &encoder)
        }
    }

    init(span: Duration, from decoder: inout CheckpointDecoder) throws(CheckpointError) {
        self.init(span: span)
        shift = Int(try decoder.byte())
        guard (QuantileSketch.finest...QuantileSketch.coarsest).contains(shift) else {
            throw decoder.damaged
        }
        let count = try decoder.count()
        guard count <= 2 * Limits.windowExactSamples + 2 else { throw decoder.damaged }
        var end = Timestamp(microseconds: .min)
        for _ in 0..<count {
            let (first, last) = (try decoder.time(), try decoder.time())
            let sketch = try QuantileSketch(from: &decoder)
            guard first >= end, last >= first, sketch.count > 0 else { throw decoder.damaged }
            end = last
            panes.append(Pane(first: first, last: last, sketch: sketch))
            for bucket in sketch.buckets { total.add(bucket.key, bucket.count) }
        }
        guard total.buckets.count <= Limits.sketchBucketsMax || shift == QuantileSketch.coarsest
        else { throw decoder.damaged }
    }
}
