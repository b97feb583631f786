/// The tree of `TopicTrie`, not generic so that it is compiled once: filters to entry numbers.
struct TopicIndex: Sendable {
    /// Nodes in one array, the root first; a filter's level is an edge.
    private var nodes = [Node()]

    private struct Node: Sendable {
        /// Sorted by `precedes`, for a binary search that no choice of names can slow down.
        var literals: [Edge] = []
        /// The node behind `+`, 0 where there is none.
        var any = 0
        /// Entries whose filter ends here.
        var entries: [Int] = []
        /// Entries whose filter ends here with `#`.
        var remainder: [Int] = []
    }

    private struct Edge: Sendable {
        var level: [UInt8]
        var node: Int
    }

    mutating func insert(_ filter: TopicFilter, entry: Int) {
        var node = 0
        for level in TopicName.split(filter.text) {
            if level == "#" {
                nodes[node].remainder.append(entry)
                return
            }
            node = level == "+" ? anyNode(of: node) : literalNode(of: node, Array(level.utf8))
        }
        nodes[node].entries.append(entry)
    }

    private mutating func anyNode(of parent: Int) -> Int {
        if nodes[parent].any == 0 {
            nodes[parent].any = nodes.count
            nodes.append(Node())
        }
        return nodes[parent].any
    }

    private mutating func literalNode(of parent: Int, _ level: [UInt8]) -> Int {
        let place = Self.place(of: level.span, 0, level.count, in: nodes[parent].literals)
        if place.isFound { return nodes[parent].literals[place.index].node }
        nodes[parent].literals.insert(Edge(level: level, node: nodes.count), at: place.index)
        nodes.append(Node())
        return nodes.count - 1
    }

    /// Appends the entries of all filters that match, ascending.
    func match(_ topic: String, into entries: inout [Int]) {
        let bytes = topic.utf8.span
        if bytes.isEmpty { return }
        let before = entries.count
        visit(0, bytes, from: 0, into: &entries)
        if entries.count - before > 1 { entries[before...].sort() }
    }

    /// - Parameter start: Where the level below this node begins; past the end when there is none.
    private func visit(_ node: Int, _ topic: Span<UInt8>, from start: Int, into found: inout [Int])
    {
        // Leading wildcards do not match `$` topics (MQTT 5.0, section 4.7.2).
        let allowsWildcards = node != 0 || topic[0] != TopicName.dollar
        if allowsWildcards { found.append(contentsOf: nodes[node].remainder) }
        if start > topic.count {
            found.append(contentsOf: nodes[node].entries)
            return
        }
        var end = start
        while end < topic.count, topic[end] != TopicName.slash { end += 1 }
        let place = Self.place(of: topic, start, end, in: nodes[node].literals)
        if place.isFound {
            visit(nodes[node].literals[place.index].node, topic, from: end + 1, into: &found)
        }
        if allowsWildcards, nodes[node].any != 0 {
            visit(nodes[node].any, topic, from: end + 1, into: &found)
        }
    }

    /// Where a level stands, or belongs, among sorted edges.
    private static func place(
        of topic: Span<UInt8>, _ start: Int, _ end: Int, in edges: [Edge]
    ) -> (index: Int, isFound: Bool) {
        var low = 0
        var high = edges.count
        while low < high {
            let middle = (low + high) / 2
            let order = compare(edges[middle].level, topic, start, end)
            if order == 0 { return (middle, true) }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return (low, false)
    }

    /// Shorter first, then by bytes: negative, zero or positive.
    private static func compare(
        _ level: [UInt8], _ topic: Span<UInt8>, _ start: Int, _ end: Int
    ) -> Int {
        let difference = level.count - (end - start)
        if difference != 0 { return difference }
        for index in 0..<level.count where level[index] != topic[start + index] {
            return Int(level[index]) - Int(topic[start + index])
        }
        return 0
    }
}
