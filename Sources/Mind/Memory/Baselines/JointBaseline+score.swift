import Core

// MARK: Judging

extension JointBaseline {
    /// How far a message departs from what was learned before it: above 1 it departs; 0 while that
    /// is not known.
    ///
    /// - Parameter view: nil where there is no new message: the levels are judged as they are.
    func score(_ view: JSONView?) -> Double {
        guard count >= Self.learningCount else { return 0 }
        return withUnsafeTemporaryAllocation(
            of: Double.self, capacity: 2 * Limits.jointFieldsMax
        ) {
            let departures = UnsafeMutableBufferPointer(rebasing: $0[..<Limits.jointFieldsMax])
            let solved = UnsafeMutableBufferPointer(rebasing: $0[Limits.jointFieldsMax...])
            let judged = depart(view, into: departures)
            guard judged > 0 else { return 0 }
            let distance = solve(departures, into: solved)
            let score = (distance / Double(judged)).squareRoot() / Self.departure
            return score.limited(to: Self.scoreMax)
        }
    }

    /// The names of the fields that have the greatest shares in the departure, the greatest first:
    /// those above the mean, and at least one. None while that is not known, or nothing departs.
    func departed(_ view: JSONView?) -> [String] {
        guard count >= Self.learningCount else { return [] }
        var shares: [(place: Int, share: Double)] = []
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * Limits.jointFieldsMax) {
            let departures = UnsafeMutableBufferPointer(rebasing: $0[..<Limits.jointFieldsMax])
            let solved = UnsafeMutableBufferPointer(rebasing: $0[Limits.jointFieldsMax...])
            let judged = depart(view, into: departures)
            let distance = solve(departures, into: solved)
            guard distance > 0 else { return }
            solveBack(solved)
            for place in fields.indices where factor[Self.diagonal(place)] > 0 {
                shares.append((place, departures[place] * solved[place] / distance))
            }
            // Equal ones stay in the order of the fields.
            shares.sort { $0.share > $1.share || ($0.share == $1.share && $0.place < $1.place) }
            let mean = 1 / Double(judged)
            let count = shares.prefix { $0.share > mean }.count
            shares.removeSubrange(max(count, 1)...)
        }
        return shares.map { names[$0.place] }
    }

    /// The departures that a message makes, each in its usual size; 0 of what is not judged.
    ///
    /// - Returns: The number of fields that are judged.
    private func depart(
        _ view: JSONView?, into departures: UnsafeMutableBufferPointer<Double>
    ) -> Int {
        for place in fields.indices { departures[place] = fields[place].departure }
        if let view { follow(view, departures) }
        var judged = 0
        for place in fields.indices {
            let usual = products[Self.diagonal(place)].squareRoot()
            guard factor[Self.diagonal(place)] > 0, usual > 0 else {
                departures[place] = 0
                continue
            }
            departures[place] = (departures[place] / usual).limited(to: Self.scoreMax)
            judged += 1
        }
        return judged
    }

    /// Lets the levels follow a message's readings, without learning from it.
    private func follow(_ view: JSONView, _ departures: UnsafeMutableBufferPointer<Double>) {
        guard view.kind(of: 0) == .object else { return }
        let end = view.next(0)
        var member = 1
        var expected = 0
        while member < end {
            if let number = view.number(of: member),
                let place = names.find(view.name(of: member), near: expected)
            {
                let field = fields[place]
                let step = field.step(to: number, number: field.count + 1)
                departures[place] = field.level + step / Self.levelReadings - field.centre
                expected = place + 1
            }
            member = view.next(member)
        }
    }

    /// Solves `factor · solved = departures`.
    ///
    /// - Returns: The square of the Mahalanobis distance.
    private func solve(
        _ departures: UnsafeMutableBufferPointer<Double>,
        into solved: UnsafeMutableBufferPointer<Double>
    ) -> Double {
        var distance = 0.0
        for row in fields.indices {
            let own = Self.row(row)
            guard factor[own + row] > 0 else {
                solved[row] = 0
                continue
            }
            var rest = departures[row]
            for column in 0..<row { rest -= factor[own + column] * solved[column] }
            solved[row] = rest / factor[own + row]
            distance += solved[row] * solved[row]
        }
        return distance
    }

    /// Solves `factorᵀ · x = solved`, in place.
    private func solveBack(_ solved: UnsafeMutableBufferPointer<Double>) {
        for row in fields.indices.reversed() where factor[Self.diagonal(row)] > 0 {
            var rest = solved[row]
            for below in (row + 1)..<max(fields.count, row + 1) {
                rest -= factor[Self.row(below) + row] * solved[below]
            }
            solved[row] = rest / factor[Self.diagonal(row)]
        }
    }
}
