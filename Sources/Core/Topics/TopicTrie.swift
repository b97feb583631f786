/// Filters with a value each; a topic name finds the values of all filters that match it.
///
/// Built once, then asked for every message: a look-up allocates nothing of its own, and whatever
/// the topic it visits each level of the filters once at most and goes no deeper than the deepest
/// filter (`Limits.topicLevelsMax`).
public struct TopicTrie<Value> {
    /// In order of insertion; the entry numbers of `match` index it.
    public private(set) var values: [Value] = []
    private var index = TopicIndex()

    public init() {}

    /// Adds a value; the same filter may carry several.
    public mutating func insert(_ filter: TopicFilter, _ value: Value) {
        index.insert(filter, entry: values.count)
        values.append(value)
    }

    /// Replaces `entries` by the positions in `values` that match, ascending: for the hot path,
    /// with one array used again and again.
    public func match(_ topic: String, into entries: inout [Int]) {
        entries.removeAll(keepingCapacity: true)
        index.match(topic, into: &entries)
    }

    /// The values of all filters that match, in order of insertion.
    public func values(matching topic: String) -> [Value] {
        var entries: [Int] = []
        index.match(topic, into: &entries)
        return entries.map { values[$0] }
    }
}

extension TopicTrie: Sendable where Value: Sendable {}
