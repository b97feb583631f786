import Core
import Testing

@Suite("The topic trie")
struct TopicTrieTests {
    static let levels = ["a", "b", "", "ab", "$x", "é"]

    static func randomTopic(_ random: inout SplitMix64) -> String {
        let count = Int.random(in: 1...4, using: &random)
        let topic = (0..<count).map { _ in levels.randomElement(using: &random) ?? "a" }
            .joined(separator: "/")
        return topic.isEmpty ? "a" : topic
    }

    static func randomFilter(_ random: inout SplitMix64) -> String {
        var parts = randomTopic(&random).split(separator: "/", omittingEmptySubsequences: false)
        for index in parts.indices where Int.random(in: 0..<3, using: &random) == 0 {
            parts[index] = "+"
        }
        if Int.random(in: 0..<4, using: &random) == 0 { parts[parts.count - 1] = "#" }
        return parts.joined(separator: "/")
    }

    @Test("it finds what the filters themselves say, in order of insertion")
    func agreement() throws {
        let seed = SplitMix64.freshSeed()
        var random = SplitMix64(seed: seed)
        for _ in 0..<300 {
            let filters = try (0..<Int.random(in: 0...20, using: &random)).map { _ in
                try TopicFilter(Self.randomFilter(&random))
            }
            var trie = TopicTrie<Int>()
            for (value, filter) in filters.enumerated() { trie.insert(filter, value) }
            var entries: [Int] = []
            for _ in 0..<40 {
                let topic = Self.randomTopic(&random)
                let expected = filters.indices.filter { filters[$0].matches(topic) }
                #expect(trie.values(matching: topic) == expected, "\(topic) seed \(seed)")
                trie.match(topic, into: &entries)
                #expect(entries == expected, "\(topic) seed \(seed)")
            }
        }
    }

    @Test("an empty trie and an empty topic match nothing")
    func empty() throws {
        var trie = TopicTrie<String>()
        #expect(trie.values(matching: "a").isEmpty)
        trie.insert(try TopicFilter("#"), "all")
        #expect(trie.values(matching: "").isEmpty)
        #expect(trie.values(matching: "a/b") == ["all"])
        #expect(trie.values == ["all"])
    }

    @Test("a topic of 32,768 levels is looked up without trouble")
    func deepTopic() throws {
        var trie = TopicTrie<String>()
        trie.insert(try TopicFilter("a/#"), "below")
        trie.insert(try TopicFilter(String(repeating: "+/", count: 127) + "+"), "deep")
        let topic = String(repeating: "a/", count: 32_767) + "a"
        #expect(trie.values(matching: topic) == ["below"])
    }

    @Test("ten thousand siblings are told apart")
    func siblings() throws {
        var trie = TopicTrie<Int>()
        for number in 0..<10_000 { trie.insert(try TopicFilter("d/\(number)"), number) }
        for number in stride(from: 0, to: 10_000, by: 97) {
            #expect(trie.values(matching: "d/\(number)") == [number])
        }
        #expect(trie.values(matching: "d/x").isEmpty)
    }
}
