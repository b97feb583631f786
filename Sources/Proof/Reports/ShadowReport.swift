import Core
import Store

/// Differences of rules in shadow, counted.
public struct ShadowReport: Sendable {
    /// How many of each kind.
    public typealias Counts = [ShadowDifference.Kind: Int]

    /// Which set was in shadow of which.
    public struct Pair: Hashable, Sendable {
        public var source: ShadowDifference.Source
        public var active: String
        public var shadow: String

        public init(source: ShadowDifference.Source, active: String, shadow: String) {
            self.source = source
            self.active = active
            self.shadow = shadow
        }
    }

    /// How many of each kind are shown.
    public let limit: Int
    /// Whether anything runs in shadow, as far as the store tells.
    public var known = KnownShadows()
    public var counts: Counts = [:]
    public var omitted = 0
    public var times: ClosedRange<Timestamp>?
    public var pairs: [Pair: Int] = [:]
    public var rules: [String: Counts] = [:]
    public var entities: [String: Counts] = [:]
    /// Rules and entities beside these, of a report that was read from its JSON.
    public var unlisted = (rules: 0, entities: 0)
    /// The newest of each kind, the newest first.
    public var shown: [ShadowDifference.Kind: [ShadowDifference]] = [:]

    /// Without any difference.
    public init(limit: Int) { self.limit = limit }

    /// What a store has.
    /// - Parameter since: only differences from then on.
    /// - Throws: `.busy`, `.io`, `.corrupt`.
    public init(
        _ reader: StoreReader, since: Timestamp?, limit: Int
    ) throws(ReadError) {
        self.init(limit: limit)
        known = try KnownShadows(reader)
        var all = self
        try reader.shadowDifferences(since: since) { all.add($0) }
        self = all
    }

    /// - Parameter difference: of its kind the next older one.
    public mutating func add(_ difference: ShadowDifference) {
        let kind = difference.kind
        counts[kind, default: 0] += 1
        omitted += difference.omitted
        let (first, last) = (times?.lowerBound ?? difference.at, times?.upperBound ?? difference.at)
        times = min(first, difference.at)...max(last, difference.at)
        let pair = Pair(
            source: difference.source, active: difference.active, shadow: difference.shadow)
        pairs[pair, default: 0] += 1
        for rule in difference.rules { rules[rule, default: [:]][kind, default: 0] += 1 }
        entities[difference.entity, default: [:]][kind, default: 0] += 1
        if shown[kind, default: []].count < limit { shown[kind, default: []].append(difference) }
    }

    public var total: Int { counts.values.reduce(0, +) }

    /// Those with the gravest first: by the first kind of which they have more.
    public static func ordered(_ all: [String: Counts]) -> [(name: String, counts: Counts)] {
        let kinds = ShadowDifference.Kind.allCases
        return all.map { (name: $0.key, counts: $0.value) }.sorted { one, other in
            let (mine, others) = (
                kinds.map { one.counts[$0] ?? 0 }, kinds.map { other.counts[$0] ?? 0 }
            )
            return mine == others ? one.name < other.name : others.lexicographicallyPrecedes(mine)
        }
    }

    public var orderedPairs: [(pair: Pair, count: Int)] {
        pairs.map { (pair: $0.key, count: $0.value) }.sorted {
            ($1.count, $0.pair.shadow, $0.pair.active) < ($0.count, $1.pair.shadow, $1.pair.active)
        }
    }

    public func json(since: Timestamp?) -> [UInt8] {
        JSONWriter.object { json in
            if let since { json.member("since", since) }
            if let times {
                json.member("from", times.lowerBound)
                json.member("to", times.upperBound)
            }
            json.member("total", total)
            json.member("omitted", omitted)
            json.object("known") { known.write(to: &$0) }
            json.object("kinds") { Self.write(counts, to: &$0) }
            json.array("sets") { list in
                for (pair, count) in orderedPairs {
                    list.object {
                        $0.member("source", pair.source.rawValue)
                        $0.member("active", pair.active)
                        $0.member("shadow", pair.shadow)
                        $0.member("differences", count)
                    }
                }
            }
            for (key, name, all) in [("rules", "rule", rules), ("entities", "entity", entities)] {
                json.array(key) { list in
                    for entry in Self.ordered(all).prefix(Limits.shadowReportRows) {
                        list.object {
                            $0.member(name, entry.name)
                            Self.write(entry.counts, to: &$0)
                        }
                    }
                }
                let left = all.count - Limits.shadowReportRows
                if left > 0 { json.member("\(key)_omitted", left) }
            }
            json.array("differences") { list in
                for kind in ShadowDifference.Kind.allCases {
                    for difference in shown[kind] ?? [] {
                        list.value((try? JSONScanner.scan(difference.json)) ?? .null)
                    }
                }
            }
        }
    }

    private static func write(_ counts: Counts, to json: inout JSONWriter) {
        for kind in ShadowDifference.Kind.allCases { json.member(kind.name, counts[kind] ?? 0) }
    }
}
