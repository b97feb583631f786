import Core
import Testing

@testable import Agent

@Suite("What is subscribed to")
struct SubscriptionSetTests {
    static let seed = UInt64.random(in: .min ... .max)

    /// Every topic of up to three levels over a small alphabet, and some of the system's.
    static let topics: [String] = {
        let names = ["a", "b", "", "$s"]
        var all: [[String]] = names.map { [$0] }
        for first in names {
            for second in names {
                all.append([first, second])
                for third in names { all.append([first, second, third]) }
            }
        }
        return all.map { $0.joined(separator: "/") }.filter { !$0.isEmpty }
    }()

    static func filter(_ random: inout SimRandom) -> TopicFilter {
        while true {
            var levels: [String] = []
            for _ in 0...random.below(3) { levels.append(random.pick(["a", "b", "+", "", "$s"])) }
            if random.chance(30) { levels[levels.count - 1] = "#" }
            if let filter = try? TopicFilter(levels.joined(separator: "/")) { return filter }
        }
    }

    @Test("two filters overlap when a topic belongs to both, and only then")
    func overlap() throws {
        var random = SimRandom(seed: Self.seed)
        for _ in 0..<4_000 {
            let (a, b) = (Self.filter(&random), Self.filter(&random))
            // They share the empty topic, which nobody can publish on; a hull does no harm.
            guard Set([a.text, b.text]) != ["+", "/#"] else { continue }
            let isShared = Self.topics.contains { a.matches($0) && b.matches($0) }
            #expect(
                SubscriptionSet.overlap(a, b) == isShared,
                "\(a.text) and \(b.text), seed \(Self.seed)")
        }
    }

    @Test("the hull of two filters holds every topic of both")
    func hull() throws {
        var random = SimRandom(seed: Self.seed)
        for _ in 0..<2_000 {
            let (a, b) = (Self.filter(&random), Self.filter(&random))
            guard SubscriptionSet.overlap(a, b) else { continue }
            let hull = SubscriptionSet.hull(a, b)
            let missed = Self.topics.first { topic in
                (a.matches(topic) || b.matches(topic)) && !hull.matches(topic)
            }
            #expect(
                missed == nil, "\(a.text), \(b.text) -> \(hull.text), seed \(Self.seed)")
        }
    }

    @Test("a set covers every route, and no topic twice")
    func set() throws {
        var random = SimRandom(seed: Self.seed)
        for _ in 0..<500 {
            let routes = (0...random.below(5)).map { _ in Self.filter(&random) }
            let filters = SubscriptionSet(root: "j", filters: routes).filters
            for topic in Self.topics {
                let count = filters.count { $0.matches(topic) }
                let isWanted = routes.contains { $0.matches(topic) }
                #expect(
                    count <= 1 && (count == 1 || !isWanted),
                    "\(topic) in \(filters.map(\.text)), seed \(Self.seed)")
            }
        }
    }

    @Test("the agent hears its own topics, and knows what an earlier set asked for")
    func own() throws {
        let first = SubscriptionSet(root: "j/e", filters: [try TopicFilter("t/+")])
        let second = SubscriptionSet(root: "j/e", filters: [try TopicFilter("u")])
        #expect(
            first.filters.map(\.text) == [
                "j/e/availability", "j/e/health", "j/e/memory/query", "j/e/memory/store",
                "j/e/status", "t/+",
            ])
        #expect(second.dropped(since: first) == ["t/+"])
        #expect(first.has("t/+") && !second.has("t/+"))
        #expect(first.subscriptions.allSatisfy { $0.qos == .atLeastOnce })
    }
}
