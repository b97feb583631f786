import Core

/// A sliding window `(now − span, now]` over samples stamped with event time.
///
/// Samples lie in panes, each of which leaves as a whole when its newest sample does. While there
/// are fewer than `Limits.windowExactSamples` panes every sample has its own, and the window is
/// exact. Beyond that, samples that come less than a `1 / windowExactSamples` of the span after the
/// first of their pane share it, so that some leave late by at most that part. So there are never
/// more than `2 * windowExactSamples + 2` panes, however many samples come.
///
/// The aggregate of the whole is kept by two stacks: the older panes with the aggregate of each and
/// all after it, the newer ones with one aggregate of all. A pane moves from the newer to the older
/// once in its life, so a sample costs a constant number of merges, amortised.
struct PaneWindow<Value: WindowAggregate>: Equatable, Sendable {
    private struct Pane: Equatable, Sendable {
        var first: Timestamp
        var last: Timestamp
        var value: Value
    }

    private let span: Duration
    /// The newest of them first, the next to leave last.
    private var older: [Pane] = []
    /// For each older pane, the aggregate from it to the newest of the older ones.
    private var suffixes: [Value] = []
    /// In the order of time.
    private var newer: [Pane] = []
    /// The aggregate of the newer ones.
    private var newerValue: Value?
    /// The one that still takes in samples.
    private var open: Pane?

    init(span: Duration) { self.span = span }

    var paneCount: Int { older.count + newer.count + (open == nil ? 0 : 1) }
    var estimatedBytes: Int {
        96 + (older.count + newer.count) * MemoryLayout<Pane>.stride
            + suffixes.count * MemoryLayout<Value>.stride
    }

    /// Takes in a sample that is not older than those before.
    mutating func add(_ sample: Double, at time: Timestamp) {
        expire(at: time)
        let value = Value(sample, at: time)
        guard var pane = open else {
            open = Pane(first: time, last: time, value: value)
            return
        }
        if paneCount >= Limits.windowExactSamples, time - pane.first < paneSpan {
            pane.value.merge(value)
            pane.last = time
            open = pane
            return
        }
        newer.append(pane)
        newerValue.mergeOrSet(pane.value)
        open = Pane(first: time, last: time, value: value)
    }

    /// The aggregate of what is in the window at a time, and of one more sample then.
    ///
    /// Leaves the window as it is; nil where nothing is in it.
    func value(at now: Timestamp, adding sample: Double? = nil) -> Value? {
        let start = now + (.zero - span)
        var result: Value?
        if let place = older.lastIndex(where: { $0.last > start }) {
            result = suffixes[place]
            if let newerValue { result.mergeOrSet(newerValue) }
        } else if newer.first.map({ $0.last > start }) == true {
            result = newerValue
        } else {
            for pane in newer where pane.last > start { result.mergeOrSet(pane.value) }
        }
        if let open, open.last > start { result.mergeOrSet(open.value) }
        if let sample { result.mergeOrSet(Value(sample, at: now)) }
        return result
    }

    private var paneSpan: Duration { .microseconds(span.paneMicroseconds) }

    private mutating func expire(at now: Timestamp) {
        let start = now + (.zero - span)
        while let pane = older.last, pane.last <= start {
            older.removeLast()
            suffixes.removeLast()
        }
        guard older.isEmpty, let first = newer.first, first.last <= start else {
            expireOpen(start)
            return
        }
        let left = newer.firstIndex { $0.last > start } ?? newer.count
        older = newer[left...].reversed()
        newer.removeAll(keepingCapacity: true)
        newerValue = nil
        restoreSuffixes()
        expireOpen(start)
    }

    private mutating func expireOpen(_ start: Timestamp) {
        if let pane = open, pane.last <= start { open = nil }
    }

    private mutating func restoreSuffixes() {
        suffixes.removeAll(keepingCapacity: true)
        for pane in older {
            var value = pane.value
            if let next = suffixes.last { value.merge(next) }
            suffixes.append(value)
        }
    }
}

extension PaneWindow {
    /// Both stacks as they are, so that a restored window rounds as this one does.
    func encode(to encoder: inout CheckpointEncoder) {
        encoder.count(older.count)
        encoder.count(newer.count)
        encoder.byte(open == nil ? 0 : 1)
        for pane in older.reversed() + newer + (open.map { [$0] } ?? []) {
            encoder.time(pane.first)
            encoder.time(pane.last)
            pane.value.encode(to: &encoder)
        }
    }

    init(span: Duration, from decoder: inout CheckpointDecoder) throws(CheckpointError) {
        self.init(span: span)
        let (olderCount, newerCount) = (try decoder.count(), try decoder.count())
        let isOpen = try decoder.byte() != 0
        guard olderCount + newerCount <= 2 * Limits.windowExactSamples + 2 else {
            throw decoder.damaged
        }
        var end = Timestamp(microseconds: .min)
        func pane() throws(CheckpointError) -> Pane {
            let (first, last) = (try decoder.time(), try decoder.time())
            guard first >= end, last >= first else { throw decoder.damaged }
            end = last
            return Pane(first: first, last: last, value: try Value(from: &decoder))
        }
        for _ in 0..<olderCount { older.append(try pane()) }
        older.reverse()
        restoreSuffixes()
        for _ in 0..<newerCount { newer.append(try pane()) }
        for pane in newer { newerValue.mergeOrSet(pane.value) }
        if isOpen { open = try pane() }
    }
}

extension Optional where Wrapped: WindowAggregate {
    fileprivate mutating func mergeOrSet(_ later: Wrapped) {
        guard var value = self else {
            self = later
            return
        }
        value.merge(later)
        self = value
    }
}

extension Duration {
    /// The part of a window's span that the samples of one pane lie within.
    var paneMicroseconds: Int64 { Swift.max(1, microseconds / Int64(Limits.windowExactSamples)) }
}
