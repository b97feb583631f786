import Core

/// `baseline.zscore`: the centre of a field and how far it spreads, over all and by hour of day.
///
/// The first readings are kept one by one; their median, and their median distance from it, are the
/// beginning. From there on a reading moves the centre by a part of its distance, which counts as
/// at most three spreads, and the spread by a part of its square, which counts as at most five. So
/// a spike moves neither by more than a usual reading may. The part is what a mean over all so far
/// would give it, later what a mean over the last seven days would.
struct SpreadBaseline: Equatable, Sendable {
    /// A centre, and the mean square of the distances from it.
    struct Normal: Equatable, Sendable {
        var centre = 0.0
        var variance = 0.0
    }

    /// Of one hour of the day, UTC.
    struct Hour: Equatable, Sendable {
        var normal = Normal()
        /// Readings and days on which it was heard, and the last of these since 1970.
        var count = 0
        var days = 0
        var day: Int64 = 0
    }

    /// Readings before anything is known.
    static let startCount = 15
    /// Readings before there is a score, and before there is one of an hour.
    static let countMin = 60
    /// Days on which an hour was heard before there is a score of it.
    static let daysMin = 3
    /// Scores beyond it count as it; so does every departure from what never varied.
    static let scoreMax = 1_000.0

    private(set) var normal = Normal()
    private(set) var count = 0
    /// In the order of coming; none once there were `startCount`.
    private(set) var first: [Double] = []
    /// None before the first are together, then one for each hour.
    private(set) var hours: [Hour] = []
    private(set) var heardAt = Timestamp(microseconds: 0)

    var estimatedBytes: Int {
        96 + first.count * 8 + hours.count * MemoryLayout<Hour>.stride
    }

    /// How many spreads a reading is from the centre, with its sign; 0 while that is not known.
    func score(of reading: Double, at now: Timestamp) -> Double {
        guard count >= Self.countMin else { return 0 }
        let reading = reading.limited(to: Limits.baselineMagnitudeMax)
        let place = TimeOfDay(now).hour
        if place < hours.count, hours[place].days >= Self.daysMin,
            hours[place].count >= Self.countMin
        {
            return hours[place].normal.score(of: reading)
        }
        return normal.score(of: reading)
    }

    /// - Parameter now: Not earlier than the one before.
    mutating func learn(_ reading: Double, at now: Timestamp) {
        let elapsed = count == 0 ? Duration.zero : now - heardAt
        heardAt = now
        count += 1
        guard count > Self.startCount else {
            first.append(reading)
            if count == Self.startCount { begin() }
            return
        }
        let forgotten = elapsed.days / Self.daysKept
        normal.learn(reading, part: max(1 / Double(count), min(forgotten, Self.partMax)))
        let time = TimeOfDay(now)
        if hours[time.hour].count == 0 { hours[time.hour].normal = normal }
        let own = 1 / Double(Self.startCount + hours[time.hour].count + 1)
        hours[time.hour].learn(
            reading, on: time.day, part: max(own, min(forgotten * 24, Self.partMax)))
    }

    private static let daysKept = 7.0
    /// However long nothing was heard, a reading counts for no more.
    private static let partMax = 1.0 / 64

    private mutating func begin() {
        first.sort()
        normal.centre = first[Self.startCount / 2]
        var distances = first.map { abs($0 - normal.centre) }
        distances.sort()
        var spread = distances[Self.startCount / 2] * 1.4826
        if spread == 0 {
            // More than half are the same: the mean distance, without the greatest.
            spread = distances.dropLast().reduce(0, +) / Double(Self.startCount - 1)
        }
        normal.variance = spread * spread
        first = []
        hours = Array(repeating: Hour(), count: 24)
    }
}

extension SpreadBaseline.Normal {
    fileprivate func score(of reading: Double) -> Double {
        let distance = reading - centre
        if distance == 0 { return 0 }
        return (distance / variance.squareRoot()).limited(to: SpreadBaseline.scoreMax)
    }

    fileprivate mutating func learn(_ reading: Double, part: Double) {
        let distance = reading - centre
        let square = distance * distance
        centre += distance.limited(to: 3 * variance.squareRoot()) * part
        // Where nothing ever varied there is no measure yet for what is much.
        variance += ((variance > 0 ? min(square, 25 * variance) : square) - variance) * part
    }
}

extension SpreadBaseline.Hour {
    fileprivate mutating func learn(_ reading: Double, on day: Int64, part: Double) {
        if days == 0 || self.day != day { days += 1 }
        self.day = day
        count += 1
        normal.learn(reading, part: part)
    }
}

/// A day since 1970 and an hour of it, UTC.
struct TimeOfDay: Equatable {
    let day: Int64
    let hour: Int

    init(_ time: Timestamp) {
        let hours = time.microseconds.flooredDivision(by: 3_600_000_000)
        day = hours.flooredDivision(by: 24)
        hour = Int(hours - day * 24)
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? quotient - 1 : quotient
    }
}

extension Duration {
    fileprivate var days: Double { Double(microseconds) / 86_400_000_000 }
}

extension SpreadBaseline {
    func encode(to encoder: inout CheckpointEncoder) {
        encoder.count(count)
        encoder.time(heardAt)
        guard hours.count > 0 else {
            for reading in first { encoder.double(reading) }
            return
        }
        encoder.normal(normal)
        for hour in hours {
            encoder.count(hour.count)
            guard hour.count > 0 else { continue }
            encoder.normal(hour.normal)
            encoder.count(hour.days)
            encoder.int(hour.day)
        }
    }

    init(from decoder: inout CheckpointDecoder) throws(CheckpointError) {
        count = try decoder.size()
        heardAt = try decoder.time()
        guard count <= 1 << 48 else { throw decoder.damaged }
        guard count >= Self.startCount else {
            for _ in 0..<count { first.append(try decoder.finite()) }
            return
        }
        normal = try decoder.normal()
        for _ in 0..<24 {
            var hour = Hour()
            hour.count = try decoder.size()
            guard hour.count <= count else { throw decoder.damaged }
            if hour.count > 0 {
                hour.normal = try decoder.normal()
                hour.days = try decoder.size()
                hour.day = try decoder.int()
            }
            hours.append(hour)
        }
    }
}

extension CheckpointEncoder {
    fileprivate mutating func normal(_ normal: SpreadBaseline.Normal) {
        double(normal.centre)
        double(normal.variance)
    }
}

extension CheckpointDecoder {
    fileprivate mutating func normal() throws(CheckpointError) -> SpreadBaseline.Normal {
        let normal = SpreadBaseline.Normal(centre: try finite(), variance: try finite())
        guard normal.variance >= 0 else { throw damaged }
        return normal
    }
}
