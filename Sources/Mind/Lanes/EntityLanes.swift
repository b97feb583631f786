import Core

/// Divides a log among several minds, each of which knows some of the entities.
///
/// Nothing that is concluded about an entity depends on another one, but for bounds that all of
/// them share (`Mind.isWithin(share:)`). So each mind takes in what is about its own entities, and
/// together they conclude what one mind would.
public struct EntityLanes: Sendable {
    /// Who has to take in an event.
    public enum Place: Equatable, Sendable {
        case lane(Int)
        /// It is about no entity, or about one that each mind may ask for.
        case everyLane
        /// It is about entities of several lanes: this log cannot be divided under these rules.
        case several
    }

    public let count: Int
    private let settings: Mind.Settings
    private let routes: [Route]
    private let router: Router
    /// Topics that say by themselves where their messages belong, by the number of each.
    private var topics = TextNumbers()
    private var places: [Place] = []

    /// - Parameter count: how many minds there are, 1...
    public init(_ ruleset: RuleSet, _ settings: Mind.Settings, count: Int) {
        self.count = count
        self.settings = settings
        routes = ruleset.routes
        router = Router(ruleset, settings)
    }

    /// Where an entity belongs: the same in every build and at every time.
    public func lane(of entity: String) -> Int {
        // FNV-1a, whose bits are then mixed as those of MurmurHash3: names that differ in a digit
        // would otherwise all come to one lane.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in entity.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01b3 }
        hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
        hash ^= hash >> 33
        return Int(hash % UInt64(count))
    }

    public mutating func place(of event: Event) -> Place {
        guard case .message(let message) = event.body else { return .everyLane }
        if let number = topics.number(of: message.topic) { return places[number] }
        let matches = router.matches(message.topic)
        var lane: Int?
        var place: Place?
        for match in matches {
            let wanted = self.lane(of: entity(match, message))
            if let lane, lane != wanted { place = .several }
            lane = wanted
        }
        // What no route hears changes nothing that is known about entities.
        let found = place ?? .lane(lane ?? 0)
        if matches.allSatisfy({ !isEvaluate($0) }) { keep(found, message.topic) }
        return found
    }

    private mutating func keep(_ place: Place, _ topic: String) {
        guard topic.utf8.count <= Limits.routedTopicBytesMax else { return }
        if places.count >= Limits.routedTopicsMax {
            topics.removeAll()
            places.removeAll(keepingCapacity: true)
        }
        // Numbers are given in a row, since none is taken back.
        _ = topics.add(topic)
        places.append(place)
    }

    private func isEvaluate(_ match: Router.Match) -> Bool {
        if case .evaluate = routes[match.route].kind { true } else { false }
    }

    /// Whose state is asked for and changed.
    private func entity(_ match: Router.Match, _ message: Message) -> String {
        guard isEvaluate(match) else { return match.entity ?? message.topic }
        let document = Result { () throws(JSONError) in try JSONDocument(message.payload) }
        return Request(document, properties: message.properties).entity
    }
}
