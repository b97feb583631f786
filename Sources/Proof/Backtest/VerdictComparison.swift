import Core

/// Verdicts on the same proposals, then and now.
public struct VerdictComparison: Equatable, Sendable {
    public var recorded = 0
    public var supposed = 0
    /// Denied then, approved now: what a change of rules must not do unseen.
    public var denyToAllow = Flips()
    public var allowToDeny = Flips()
    /// Given then, and no route of the other rules has a proposal there.
    public var gone = 0
    /// Given by the other rules only.
    public var added = 0
    /// The pairs whose margins are furthest from each other, the furthest first.
    public var largestChanges: [VerdictPair] = []
    /// How the margins lie, of the pairs.
    public var recordedMargins = MarginHistogram()
    public var supposedMargins = MarginHistogram()

    /// Flips in one direction, in the order of the log.
    public struct Flips: Equatable, Sendable {
        public var count = 0
        /// The first `Backtest.rowsMax` of them.
        public var pairs: [VerdictPair] = []

        fileprivate mutating func add(_ pair: VerdictPair, rowsMax: Int) {
            count += 1
            if pairs.count < rowsMax { pairs.append(pair) }
        }

        fileprivate mutating func add(_ other: Flips, rowsMax: Int) {
            count += other.count
            pairs = Array(
                (pairs + other.pairs).sorted { $0.event < $1.event }.prefix(rowsMax))
        }
    }

    public var flips: Int { denyToAllow.count + allowToDeny.count }

    mutating func compare(_ pair: VerdictPair, rowsMax: Int) {
        recordedMargins.add(pair.recorded.margin)
        supposedMargins.add(pair.supposed.margin)
        switch (pair.recorded.isApproved, pair.supposed.isApproved) {
        case (false, true): denyToAllow.add(pair, rowsMax: rowsMax)
        case (true, false): allowToDeny.add(pair, rowsMax: rowsMax)
        case (true, true), (false, false): break
        }
        note(pair)
    }

    /// Of other proposals of the same time.
    mutating func add(_ other: VerdictComparison, rowsMax: Int) {
        recorded += other.recorded
        supposed += other.supposed
        gone += other.gone
        added += other.added
        denyToAllow.add(other.denyToAllow, rowsMax: rowsMax)
        allowToDeny.add(other.allowToDeny, rowsMax: rowsMax)
        recordedMargins.add(other.recordedMargins)
        supposedMargins.add(other.supposedMargins)
        // Each in the order of the log, as if they had come so.
        let pairs = (largestChanges + other.largestChanges).sorted { $0.event < $1.event }
        largestChanges = []
        for pair in pairs { note(pair) }
    }

    private mutating func note(_ pair: VerdictPair) {
        guard pair.change != 0 else { return }
        // Few are kept, and of equal ones the earlier.
        let place = largestChanges.firstIndex { $0.change < pair.change } ?? largestChanges.count
        guard place < Limits.backtestChangesMax else { return }
        largestChanges.insert(pair, at: place)
        if largestChanges.count > Limits.backtestChangesMax { largestChanges.removeLast() }
    }
}

/// One proposal and what was, and would have been, said to it.
public struct VerdictPair: Equatable, Sendable {
    public var event: EventSequence
    public var at: Timestamp
    public var route: String
    public var entity: String
    public var action: String?
    /// The recorded decision's.
    public var decisionID: String
    public var recorded: Side
    public var supposed: Side

    public struct Side: Equatable, Sendable {
        public var isApproved: Bool
        public var score: Double
        public var margin: Double
        public var explanation: String
        /// With what each of them contributed, in the order of the rules.
        public var contributions: [Contribution]
    }

    public struct Contribution: Equatable, Sendable {
        public var rule: String
        public var value: Double
    }

    /// How far the margins are from each other.
    public var change: Double { abs(supposed.margin - recorded.margin) }

    /// The rules whose part differs between the sides, in the order of their names.
    public var movers: [String] {
        let names = Set((recorded.contributions + supposed.contributions).map(\.rule))
        return names.sorted().filter { name in
            recorded.contributions.filter { $0.rule == name }
                != supposed.contributions.filter { $0.rule == name }
        }
    }
}

/// Margins in equal steps from -2, the furthest below a threshold, to 2.
public struct MarginHistogram: Equatable, Sendable {
    public static let bins = 40
    public private(set) var counts = [Int](repeating: 0, count: bins)
    public var isEmpty: Bool { counts.allSatisfy { $0 == 0 } }

    mutating func add(_ margin: Double) {
        let place = (margin + 2) / 4 * Double(Self.bins)
        counts[Int(min(Double(Self.bins - 1), max(0, place)))] += 1
    }

    mutating func add(_ other: MarginHistogram) {
        for place in counts.indices { counts[place] += other.counts[place] }
    }
}

extension VerdictPair.Side {
    /// - Returns: nil where the JSON is not that of a verdict.
    init?(_ json: JSONValue) {
        guard let isApproved = json["approved"]?.bool,
            let score = json["moral_score"]?.double, let margin = json["margin"]?.double
        else { return nil }
        self.isApproved = isApproved
        self.score = score
        self.margin = margin
        explanation = json["explanation"]?.string ?? ""
        contributions = (json["contributions"]?.array ?? []).map {
            VerdictPair.Contribution(
                rule: $0["rule"]?.string ?? "", value: $0["contribution"]?.double ?? 0)
        }
    }
}
