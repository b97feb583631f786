import Core

/// Finds what is about one entity, by the routes of every rule set that a log has known.
///
/// A message is about the entity that a route finds in its topic, and a request about the one that
/// it names. What merely mentions the name is not found (decision 0020).
public struct RoutedEntity: EntityFinder, Sendable {
    public let name: String
    private let router: Router
    /// By the router's numbers.
    private let isGuard: [Bool]

    /// - Parameter routes: of all rule sets that the events are to be seen with, in any order.
    public init(_ name: String, settings: Mind.Settings, routes: [Route]) {
        self.name = name
        // Each finds whom it finds, whatever others there are, so they need not be kept apart by
        // their sets; and most changes of rules leave them as they were.
        let different = Set(routes.compactMap { EntityRoute($0) }).map(\.route)
        router = Router(routes: different, settings)
        isGuard = different.map(\.isGuard)
    }

    public func trace(in topic: String) -> TopicTrace {
        for match in router.matches(topic) {
            // A guard's proposal of nobody is judged by its topic's name.
            let entity = match.entity ?? (isGuard[match.route] ? topic : nil)
            if let entity, entity.hasSameBytes(as: name) { return .about }
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
