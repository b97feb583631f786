import Core

/// Finds what is about one entity, by the routes of every rule set that a log has known.
///
/// A message is about the entity that a route finds in its topic, and a request about the one that
/// it names. What merely mentions the name is not found (decision 0020).
public struct RoutedEntity: EntityFinder, Sendable {
    public let name: String
    private let routers: [(router: Router, isGuard: [Bool])]

    /// - Parameter rulesets: those that the events are to be seen with, in any order.
    public init(_ name: String, settings: Mind.Settings, rulesets: [RuleSet]) {
        self.name = name
        // Most changes of rules leave the routes as they were: what finds the same is asked once.
        var different: [RuleSet] = []
        for ruleset in rulesets
        where !different.contains(where: { $0.routes.find(as: ruleset.routes) }) {
            different.append(ruleset)
        }
        routers = different.map { (Router($0, settings), $0.routes.map(\.isGuard)) }
    }

    public func trace(in topic: String) -> TopicTrace {
        for (router, isGuard) in routers {
            for match in router.matches(topic) {
                // A guard's proposal of nobody is judged by its topic's name.
                let entity = match.entity ?? (isGuard[match.route] ? topic : nil)
                if let entity, entity.hasSameBytes(as: name) { return .about }
            }
        }
        return Self.isRequest(topic) ? .inPayload : .none
    }

    public func isAbout(request payload: [UInt8], on topic: String) -> Bool {
        guard let document = try? JSONDocument(payload) else { return false }
        let request = Request(document.value, properties: nil)
        // Whoever tells a memory is not what it is about.
        let entity =
            topic.hasSuffix(Self.store) ? request.body["entity"]?.string : request.entity
        return entity?.hasSameBytes(as: name) == true
    }

    /// Whether an event is about the entity.
    public func isAbout(_ event: Event) -> Bool {
        switch event.body {
        case .message(let message):
            switch trace(in: message.topic) {
            case .about: true
            case .none: false
            case .inPayload: isAbout(request: message.payload, on: message.topic)
            }
        case .control(.store(let draft)): draft.entity.hasSameBytes(as: name)
        case .control(.forgetEntity(let entity, author: _)): entity.hasSameBytes(as: name)
        case .control(.soul(let request)): request.entity.hasSameBytes(as: name)
        case .control(.change(.link(_, let entity, _), author: _)): entity.hasSameBytes(as: name)
        case .control(.change), .control(.forgotten), .control(.recalled), .ruleset, .tick: false
        }
    }

    private static let store = "/memory/store"
    private static let evaluate = "/conscience/evaluate"

    /// By its end: the agent may have had another root before.
    private static func isRequest(_ topic: String) -> Bool {
        topic.hasSuffix(store) || topic.hasSuffix(evaluate)
    }
}

extension [Route] {
    /// Whether both find the same entities in the same topics.
    fileprivate func find(as others: [Route]) -> Bool {
        elementsEqual(others) { $0.hears(as: $1) && $0.isGuard == $1.isGuard }
    }
}

extension Route {
    fileprivate var isGuard: Bool { if case .guarded = kind { true } else { false } }
}
