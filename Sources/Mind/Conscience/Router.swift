import Core

/// Finds the routes of a topic, and what their captures and entity are.
///
/// Devices publish on the same topics for ever, so what was found is kept; when more topics than
/// `Limits.routedTopicsMax` came, all are forgotten and found anew.
struct Router: Sendable {
    struct Match: Sendable {
        /// Index into the routes, which are those of a rule set where a mind asks.
        var route: Int
        var captures: [String]
        /// nil where the name is empty or too long to be remembered.
        var entity: String?
        /// Numbers the matches that are kept, from 0; nil of one that is not.
        var place: Int?
    }

    private let trie: TopicTrie<Int>
    private let patterns: [TopicPattern?]
    private let entities: [TopicTemplate?]
    /// No route hears it, whatever its filter.
    private let storeTopic: String
    private var topics = TextNumbers()
    /// By the topic's number.
    private var known: [[Match]] = []
    private var placeCount = 0

    init(_ ruleset: RuleSet?, _ settings: Mind.Settings) {
        self.init(routes: ruleset?.routes ?? [], settings)
    }

    init(routes: [Route], _ settings: Mind.Settings) {
        storeTopic = settings.storeTopic
        var trie = TopicTrie<Int>()
        var patterns: [TopicPattern?] = []
        for (index, route) in routes.enumerated() {
            switch route.kind {
            case .telemetry(let pattern), .guarded(let pattern, _, _):
                trie.insert(pattern.filter, index)
                patterns.append(pattern)
            case .evaluate:
                // The root was checked with the configuration.
                if let filter = try? TopicFilter(settings.evaluateTopic) {
                    trie.insert(filter, index)
                }
                patterns.append(nil)
            }
        }
        self.trie = trie
        self.patterns = patterns
        entities = routes.map(\.entity)
    }

    /// The routes of a topic, in the order of the rule set.
    mutating func resolve(_ topic: String) -> [Match] {
        if let number = topics.number(of: topic) { return known[number] }
        var found = find(topic)
        guard topic.utf8.count <= Limits.routedTopicBytesMax else { return found }
        if known.count >= Limits.routedTopicsMax {
            topics.removeAll()
            known.removeAll(keepingCapacity: true)
            placeCount = 0
        }
        for index in found.indices {
            found[index].place = placeCount
            placeCount += 1
        }
        // Numbers are given in a row, since none is taken back.
        _ = topics.add(topic)
        known.append(found)
        return found
    }

    /// Each once, in the order of the routes.
    mutating func entities(of topic: String) -> [String] {
        var entities: [String] = []
        for match in resolve(topic) {
            guard let entity = match.entity else { continue }
            if !entities.contains(where: { $0.hasSameBytes(as: entity) }) {
                entities.append(entity)
            }
        }
        return entities
    }

    /// Whether a message on the topic would be input. Asked about topics that requesters make up,
    /// of which nothing is kept.
    func hears(_ topic: String) -> Bool { !find(topic).isEmpty }

    /// The same as `resolve`, without keeping anything.
    func matches(_ topic: String) -> [Match] { find(topic) }

    private func find(_ topic: String) -> [Match] {
        if topic.hasSameBytes(as: storeTopic) { return [] }
        return trie.values(matching: topic).sorted().compactMap { route in
            guard let pattern = patterns[route] else {
                return Match(route: route, captures: [], entity: nil)
            }
            guard let captures = pattern.match(topic) else { return nil }
            let entity = entityName(route, pattern, captures, topic)
            return Match(route: route, captures: captures, entity: entity)
        }
    }

    private func entityName(
        _ route: Int, _ pattern: TopicPattern, _ captures: [String], _ topic: String
    ) -> String? {
        guard let template = entities[route] else { return bounded(topic) }
        let name = try? template.expand { name in
            pattern.captureNames.firstIndex(of: name).map { captures[$0] }
        }
        return name.flatMap(bounded)
    }

    private func bounded(_ name: String) -> String? {
        (1...Limits.entityNameBytesMax).contains(name.utf8.count) ? name : nil
    }
}
