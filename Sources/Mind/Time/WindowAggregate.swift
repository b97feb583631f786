import Core

/// What a window keeps of a run of samples: merged from the past to the present, never reduced.
///
/// Since nothing is ever subtracted, no error grows with the age of a window: a result is as good
/// as if it had been computed from the samples that are in the window now.
protocol WindowAggregate: Equatable, Sendable {
    init(_ sample: Double, at time: Timestamp)

    /// Takes in what came after.
    mutating func merge(_ later: Self)

    func encode(to encoder: inout CheckpointEncoder)
    init(from decoder: inout CheckpointDecoder) throws(CheckpointError)
}

/// `over.count`
struct SampleCount: WindowAggregate {
    private(set) var count: Int

    init(_ sample: Double, at time: Timestamp) { count = 1 }

    mutating func merge(_ later: Self) { count += later.count }

    func encode(to encoder: inout CheckpointEncoder) { encoder.count(count) }

    init(from decoder: inout CheckpointDecoder) throws(CheckpointError) {
        count = try decoder.samples()
    }
}

/// `over.min`
struct LeastSample: WindowAggregate {
    private(set) var value: Double

    init(_ sample: Double, at time: Timestamp) { value = sample }

    mutating func merge(_ later: Self) { value = min(value, later.value) }

    func encode(to encoder: inout CheckpointEncoder) { encoder.double(value) }

    init(from decoder: inout CheckpointDecoder) throws(CheckpointError) {
        value = try decoder.finite()
    }
}

/// `over.max`
struct GreatestSample: WindowAggregate {
    private(set) var value: Double

    init(_ sample: Double, at time: Timestamp) { value = sample }

    mutating func merge(_ later: Self) { value = max(value, later.value) }

    func encode(to encoder: inout CheckpointEncoder) { encoder.double(value) }

    init(from decoder: inout CheckpointDecoder) throws(CheckpointError) {
        value = try decoder.finite()
    }
}

/// `over.sum` and `over.avg`: a sum that carries what its roundings lost (Neumaier 1974).
struct SampleSum: WindowAggregate {
    private(set) var count: Int
    private var rounded: Double
    private var lost: Double

    init(_ sample: Double, at time: Timestamp) {
        count = 1
        rounded = sample
        lost = 0
    }

    /// Not finite where the sum is beyond the range of a double.
    var total: Double { rounded + lost }
    var mean: Double { total / Double(count) }

    mutating func merge(_ later: Self) {
        let sum = rounded + later.rounded
        let part = sum - rounded
        lost += (rounded - (sum - part)) + (later.rounded - part) + later.lost
        rounded = sum
        count += later.count
    }

    func encode(to encoder: inout CheckpointEncoder) {
        encoder.count(count)
        encoder.double(rounded)
        encoder.double(lost)
    }

    init(from decoder: inout CheckpointDecoder) throws(CheckpointError) {
        count = try decoder.samples()
        rounded = try decoder.double()
        lost = try decoder.double()
    }
}

/// `over.stddev`: mean and squared deviations from it, merged as Chan, Golub and LeVeque (1979) do,
/// so that a large mean costs no digits of a small deviation.
struct Deviation: WindowAggregate {
    private var count: Int
    private var mean: Double
    private var squares: Double

    init(_ sample: Double, at time: Timestamp) {
        count = 1
        mean = sample
        squares = 0
    }

    /// Of the population: 0 for one sample.
    var standard: Double { (squares / Double(count)).squareRoot() }

    mutating func merge(_ later: Self) {
        let (own, other) = (Double(count), Double(later.count))
        let distance = later.mean - mean
        let share = other / (own + other)
        mean += distance * share
        squares += later.squares + distance * distance * (own * share)
        count += later.count
    }

    func encode(to encoder: inout CheckpointEncoder) {
        encoder.count(count)
        encoder.double(mean)
        encoder.double(squares)
    }

    init(from decoder: inout CheckpointDecoder) throws(CheckpointError) {
        count = try decoder.samples()
        mean = try decoder.double()
        squares = try decoder.double()
    }
}

/// `over.rate`: how much a counter grew, and over which time.
///
/// A counter that falls was reset, and stands at what it grew by since (as in Prometheus).
struct CounterRise: WindowAggregate {
    private var rise: Double
    private var first: Double
    private var firstAt: Timestamp
    private var last: Double
    private var lastAt: Timestamp

    init(_ sample: Double, at time: Timestamp) {
        rise = 0
        first = sample
        last = sample
        firstAt = time
        lastAt = time
    }

    /// Growth per second between the first and the last sample; 0 where they are of one moment.
    var perSecond: Double {
        let microseconds = (lastAt - firstAt).microseconds
        return microseconds > 0 ? rise / (Double(microseconds) / 1_000_000) : 0
    }

    mutating func merge(_ later: Self) {
        rise += (later.first >= last ? later.first - last : later.first) + later.rise
        last = later.last
        lastAt = later.lastAt
    }

    func encode(to encoder: inout CheckpointEncoder) {
        encoder.double(rise)
        encoder.double(first)
        encoder.time(firstAt)
        encoder.double(last)
        encoder.time(lastAt)
    }

    init(from decoder: inout CheckpointDecoder) throws(CheckpointError) {
        rise = try decoder.double()
        first = try decoder.finite()
        firstAt = try decoder.time()
        last = try decoder.finite()
        lastAt = try decoder.time()
    }
}

extension CheckpointDecoder {
    /// A number of samples: at least one, and few enough that no sum of them overflows.
    mutating func samples() throws(CheckpointError) -> Int {
        let count = try size()
        guard (1...(1 << 48)).contains(count) else { throw damaged }
        return count
    }

    mutating func finite() throws(CheckpointError) -> Double {
        let value = try double()
        guard value.isFinite else { throw damaged }
        return value
    }
}
