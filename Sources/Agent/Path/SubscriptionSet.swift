import Broker
import Core

/// The filters that the agent subscribes to, so that the broker sends each message once.
///
/// Overlapping subscriptions may be answered with one copy each (MQTT 5.0, section 3.3.4). So a
/// filter that another covers is left out, and two that overlap in part are replaced by one that
/// covers both; what it brings beyond the routes is counted and dropped.
struct SubscriptionSet: Equatable {
    private(set) var filters: [TopicFilter]

    /// - Parameters:
    ///   - root: the agent's own topics, which it hears to know that it is heard.
    ///   - requests: where the API can be asked by MQTT; empty where it cannot.
    init(root: String, filters routes: [TopicFilter], requests: [RequestTopic] = []) {
        let heard = OwnTopics(root: root).heard + requests.map { root + "/" + $0.name }
        let own = heard.compactMap { try? TopicFilter($0) }
        var filters: [TopicFilter] = []
        for filter in routes + own { Self.add(filter, to: &filters) }
        self.filters = filters.sorted { $0.text < $1.text }
    }

    var subscriptions: [Subscription] {
        filters.map { Subscription(filter: $0.text, qos: .atLeastOnce) }
    }

    /// What an earlier set asked for and this one does not.
    func dropped(since earlier: SubscriptionSet) -> [String] {
        earlier.filters.filter { !filters.contains($0) }.map(\.text)
    }

    func has(_ filter: String) -> Bool { filters.contains { $0.text == filter } }

    private static func add(_ filter: TopicFilter, to filters: inout [TopicFilter]) {
        var merged = filter
        while let index = filters.firstIndex(where: { overlap($0, merged) }) {
            merged = hull(filters.remove(at: index), merged)
        }
        filters.append(merged)
    }

    /// Whether some topic belongs to both.
    static func overlap(_ a: TopicFilter, _ b: TopicFilter) -> Bool {
        let (left, right) = (a.levels, b.levels)
        if hidesSystem(left, right) || hidesSystem(right, left) { return false }
        var index = 0
        while true {
            let (l, r) = (level(left, index), level(right, index))
            if l == "#" || r == "#" { return true }
            guard let l, let r else {
                return l == nil && r == nil
            }
            if l != r, l != "+", r != "+" { return false }
            index += 1
            if index == left.count, index == right.count { return true }
            // `a/#` covers `a` as well.
            if index == left.count { return level(right, index) == "#" }
            if index == right.count { return level(left, index) == "#" }
        }
    }

    /// The narrowest filter that covers both.
    static func hull(_ a: TopicFilter, _ b: TopicFilter) -> TopicFilter {
        let (left, right) = (a.levels, b.levels)
        var levels: [String] = []
        for index in 0..<max(left.count, right.count) {
            guard let l = level(left, index), let r = level(right, index), l != "#", r != "#"
            else {
                levels.append("#")
                break
            }
            levels.append(l == r ? l : "+")
        }
        // Levels of two filters make a filter again.
        return (try? TopicFilter(levels.joined(separator: "/"))) ?? a
    }

    /// A leading wildcard does not reach topics that begin with `$`.
    private static func hidesSystem(_ wild: [String], _ named: [String]) -> Bool {
        (wild.first == "#" || wild.first == "+") && (named.first?.hasPrefix("$") ?? false)
    }

    private static func level(_ levels: [String], _ index: Int) -> String? {
        index < levels.count ? levels[index] : nil
    }
}

extension TopicFilter {
    var levels: [String] {
        text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }
}
