/// What some readings of one field came to.
///
/// Of readings taken in one after the other, and of the same readings in parts that are merged,
/// count, least, greatest and last are the same. Mean and deviation are rounded differently: by
/// less than 1e-12 and 1e-9 of the greatest magnitude among the readings (decision 0019).
public struct Summary: Equatable, Sendable {
    public var count: Int64 = 0
    public var minimum = 0.0
    public var maximum = 0.0
    public var mean = 0.0
    /// The squares of the distances from the mean, added up.
    public var squares = 0.0
    /// The newest.
    public var last = 0.0

    /// Of no reading.
    public init() {}

    public init(
        count: Int64, minimum: Double, maximum: Double, mean: Double, squares: Double, last: Double
    ) {
        self.count = count
        self.minimum = minimum
        self.maximum = maximum
        self.mean = mean
        self.squares = squares
        self.last = last
    }

    /// Takes a reading in (Welford 1962).
    @inlinable @inline(__always)
    public mutating func add(_ reading: Double) {
        last = reading
        count &+= 1
        guard count > 1 else {
            minimum = reading
            maximum = reading
            mean = reading
            return
        }
        if reading < minimum { minimum = reading }
        if reading > maximum { maximum = reading }
        let distance = reading - mean
        mean += distance / Double(count)
        squares += distance * (reading - mean)
    }

    /// Takes in what came later (Chan, Golub and LeVeque 1979).
    public mutating func merge(_ later: Summary) {
        guard later.count > 0 else { return }
        guard count > 0 else {
            self = later
            return
        }
        let (own, other) = (Double(count), Double(later.count))
        let distance = later.mean - mean
        count += later.count
        minimum = min(minimum, later.minimum)
        maximum = max(maximum, later.maximum)
        mean += distance * (other / (own + other))
        squares += later.squares + distance * distance * (own * other / (own + other))
        last = later.last
    }

    /// The standard deviation of the population, as `over.stddev`; 0 of one reading.
    public var deviation: Double { count > 1 ? (squares / Double(count)).squareRoot() : 0 }
}
