import Core

/// `baseline.joint`: how the fields of one route usually move together, so that a departure is seen
/// that no field shows by itself.
///
/// Each field has a level, which follows its readings with a mean over about `levelReadings`, and a
/// centre, which is what the level usually is. The departures of the levels from the centres are
/// held against the mean products of such departures (a second-moment matrix), as Mahalanobis
/// (1936) does; those of one message against what was learned before it.
///
/// A message that lacks a field leaves its level where it was. A field that comes later has a
/// learning phase of its own.
struct JointBaseline: Equatable, Sendable {
    struct Field: Equatable, Sendable {
        /// Messages since it came first, that one included.
        var count = 0
        var level = 0.0
        var centre = 0.0
        /// The mean square of the distances between readings and level, for what is a spike.
        var noise = 0.0
    }

    /// Messages before a departure is known.
    static let learningCount = 400
    /// Messages before products are gathered: the centre is no good before.
    static let gatheringStart = 50
    static let levelReadings = 32.0
    /// A reading counts as at most so many times the noise, once `levelReadings` came.
    static let spikeMax = 5.0
    /// What is learned of a departure is at most so many of its usual size.
    static let learnedMax = 2.0
    static let centreReadings = 1_000.0
    static let productReadings = 4_000.0
    /// Messages between two factorizations.
    static let factorInterval = 16
    /// What a correlation counts for: less than it is, since it is an estimate.
    static let correlationShare = 0.98
    /// The usual size of departures for which the score is 1.
    static let departure = 4.75
    /// A field whose departures are smaller than this part of its centre does not vary.
    static let variationMin = 1e-9
    /// Departures, in their usual size, and scores are at most this.
    static let scoreMax = 1e6

    var names = FieldNames()
    var fields: [Field] = []
    /// Mean products of departures, of each field with those up to it, row behind row.
    var products: [Double] = []
    /// The Cholesky factor of their correlations, in the same order. 0 on the diagonal of a field
    /// that is not judged: it is new, or does not vary.
    var factor: [Double] = []
    /// Messages learned from.
    var count = 0

    var estimatedBytes: Int {
        192 + names.bytes.count + names.count * 4
            + fields.count * MemoryLayout<Field>.stride + (products.count + factor.count) * 8
    }

    /// Where a row begins in `products` and `factor`.
    static func row(_ place: Int) -> Int { place * (place + 1) / 2 }

    static func diagonal(_ place: Int) -> Int { row(place) + place }
}

// MARK: Learning

extension JointBaseline {
    /// Takes a message in; what is no object, or has none of the numbers, changes nothing.
    mutating func learn(_ view: JSONView) {
        let isTaken = withUnsafeTemporaryAllocation(
            of: Double.self, capacity: 2 * Limits.jointFieldsMax
        ) {
            let readings = UnsafeMutableBufferPointer(rebasing: $0[..<Limits.jointFieldsMax])
            let learned = UnsafeMutableBufferPointer(rebasing: $0[Limits.jointFieldsMax...])
            readings.initialize(repeating: .nan)
            guard take(view, into: readings) else { return false }
            move(by: readings, learned)
            gather(learned)
            return true
        }
        guard isTaken else { return }
        count += 1
        if count >= Self.learningCount,
            (count - Self.learningCount).isMultiple(of: Self.factorInterval)
        {
            factorize()
        }
    }

    /// The readings of a message, in the order of the fields; unknown ones are added at the end.
    ///
    /// - Returns: Whether there was one.
    private mutating func take(
        _ view: JSONView, into readings: UnsafeMutableBufferPointer<Double>
    ) -> Bool {
        guard view.kind(of: 0) == .object else { return false }
        let end = view.next(0)
        var member = 1
        var expected = 0
        var isTaken = false
        while member < end {
            if let number = view.number(of: member) {
                let name = view.name(of: member)
                if let place = names.find(name, near: expected) ?? add(name) {
                    readings[place] = number
                    expected = place + 1
                    isTaken = true
                }
            }
            member = view.next(member)
        }
        return isTaken
    }

    /// - Returns: nil where there is no room.
    private mutating func add(_ name: UnsafeRawBufferPointer) -> Int? {
        guard fields.count < Limits.jointFieldsMax, name.count <= Limits.jointNameBytesMax else {
            return nil
        }
        names.append(name)
        fields.append(Field())
        products.append(contentsOf: repeatElement(0, count: fields.count))
        factor.append(contentsOf: repeatElement(0, count: fields.count))
        return fields.count - 1
    }

    /// Moves levels and centres, and tells what is to be learned of the departures.
    private mutating func move(
        by readings: UnsafeMutableBufferPointer<Double>,
        _ learned: UnsafeMutableBufferPointer<Double>
    ) {
        for place in fields.indices {
            fields[place].count += 1
            let reading = fields[place].follow(readings[place])
            if fields[place].isLearning {
                let distance = reading - fields[place].centre
                fields[place].centre += distance / Double(fields[place].count)
                learned[place] = fields[place].departure
                continue
            }
            let usual = products[Self.diagonal(place)].squareRoot()
            let departure = fields[place].departure
            // Where nothing ever varied there is no measure yet for what is much.
            let bounded = usual > 0 ? departure.limited(to: Self.learnedMax * usual) : departure
            learned[place] = bounded
            fields[place].centre += bounded / Self.centreReadings
        }
    }

    private mutating func gather(_ learned: UnsafeMutableBufferPointer<Double>) {
        var pair = 0
        for row in fields.indices {
            for column in 0...row {
                let count = min(fields[row].count, fields[column].count)
                if count >= Self.gatheringStart {
                    let readings =
                        count > Self.learningCount
                        ? Self.productReadings : Double(count - Self.gatheringStart + 1)
                    products[pair] += (learned[row] * learned[column] - products[pair]) / readings
                }
                pair += 1
            }
        }
    }

    /// Cholesky, row by row, of the correlations of the fields that are judged.
    private mutating func factorize() {
        for row in fields.indices {
            let own = Self.row(row)
            let isJudged = isJudged(row)
            for column in 0...row {
                guard isJudged, column == row || factor[Self.diagonal(column)] > 0 else {
                    factor[own + column] = 0
                    continue
                }
                let other = Self.row(column)
                var rest = 1.0
                if column < row {
                    let sizes =
                        products[Self.diagonal(row)].squareRoot()
                        * products[Self.diagonal(column)].squareRoot()
                    rest = Self.correlationShare * (products[own + column] / sizes).limited(to: 1)
                }
                for before in 0..<column { rest -= factor[own + before] * factor[other + before] }
                // Of products gathered together the rest is never smaller; of others it could be.
                factor[own + column] =
                    column == row
                    ? max(rest, 1 - Self.correlationShare).squareRoot()
                    : rest / factor[Self.diagonal(column)]
            }
        }
    }

    private func isJudged(_ place: Int) -> Bool {
        guard fields[place].count >= Self.learningCount else { return false }
        let usual = products[Self.diagonal(place)].squareRoot()
        return usual > 1e-100 && usual > Self.variationMin * abs(fields[place].centre)
    }
}

extension JointBaseline.Field {
    var isLearning: Bool { count <= JointBaseline.learningCount }
    var departure: Double { level - centre }

    /// How far a reading is from the level, spikes cut off.
    ///
    /// - Parameter count: The number of the reading.
    func step(to reading: Double, number: Int) -> Double {
        let step = reading - level
        guard noise > 0, Double(number) > JointBaseline.levelReadings else { return step }
        return step.limited(to: JointBaseline.spikeMax * noise.squareRoot())
    }

    /// Moves the level by a reading, NaN for none.
    ///
    /// - Returns: The reading, its spike cut off.
    fileprivate mutating func follow(_ reading: Double) -> Double {
        guard !reading.isNaN else { return level }
        guard count > 1 else {
            level = reading
            return reading
        }
        let step = step(to: reading, number: count)
        let part = 1 / min(Double(count - 1), JointBaseline.levelReadings)
        noise += (step * step - noise) * part
        let bounded = level + step
        level += step / JointBaseline.levelReadings
        return bounded
    }
}
