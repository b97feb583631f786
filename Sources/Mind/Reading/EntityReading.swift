import Core

/// What the mind knows of one entity at one moment.
///
/// Taking it costs next to nothing. What it holds as payloads is read where somebody asks for it,
/// and anew each time.
public struct EntityReading: Sendable {
    /// What was heard last on one route.
    public struct Heard: Equatable, Sendable {
        public let route: String
        /// When a message of it was written to the log last.
        public let recordedAt: Timestamp
        /// A JSON document; nil where none could be read, or it found no room.
        public let payload: [UInt8]?
    }

    private let state: EntityState
    /// Messages of it that were recorded within the minute before, nearly; counted since the
    /// process began.
    public let messagesPerMinute: Int
    /// What is left at the moment of what is believed about it; nil where nothing ever was.
    public let soul: Soul?

    init(_ state: EntityState, soul: Soul?, at time: Timestamp) {
        self.state = state
        self.soul = soul
        messagesPerMinute = state.loudness.perMinute(at: time)
    }

    public var entity: String { state.name }
    public var firstSeen: Timestamp { state.firstSeen }
    public var lastSeen: Timestamp { state.lastSeen }
    /// In 0...1; 0.5 where nothing is known.
    public var trust: Double { (soul ?? Soul(at: state.lastSeen)).trust }
    /// Working memory: the newest value of every field.
    public var fields: JSONObject { state.fields }
    public var alertsFiring: Int { state.firing.count }
    /// In the order in which they began.
    public var alerts: [AlertReading] { state.firing.map { AlertReading($0, of: state.name) } }
    /// On each route, the one heard last being the last.
    public var heard: [Heard] {
        state.latest.map {
            Heard(route: $0.route, recordedAt: $0.recordedAt, payload: $0.payload)
        }
    }
}

extension Mind {
    /// - Parameter time: what is left of a soul then.
    /// - Returns: nil of an entity that is not in working memory.
    public func entity(_ name: String, at time: Timestamp) -> EntityReading? {
        entities.find(name).map { slot in
            EntityReading(entities[slot], soul: soul(of: name, at: time), at: time)
        }
    }

    /// Entities in working memory, in the order of the bytes of their names.
    ///
    /// - Parameters:
    ///   - name: the last one of the page before; nil for the first page.
    ///   - limit: 1...
    ///   - time: what is left of their souls then.
    public func entities(
        after name: String?, limit: Int, at time: Timestamp
    ) -> [EntityReading] {
        var page = NamePage(after: name, limit: limit)
        entities.forEachName { page.add($0) }
        return page.names.compactMap { entity($0, at: time) }
    }

    /// The first entities of another order.
    ///
    /// - Parameters:
    ///   - limit: 1...
    ///   - time: what is left of their souls then; not before that of the last event.
    public func entities(
        in order: EntityOrder, limit: Int, at time: Timestamp
    ) -> [EntityReading] {
        entities.first(limit, in: order, at: time).map { slot in
            let state = entities[slot]
            return EntityReading(state, soul: soul(of: state.name, at: time), at: time)
        }
    }
}

/// The first names behind one, in the order of their bytes, whatever order they come in.
private struct NamePage {
    private let start: String?
    private let limit: Int
    private var found: [String] = []
    /// The greatest that is wanted, once there are enough.
    private var last: String?

    init(after start: String?, limit: Int) {
        self.start = start
        self.limit = limit
    }

    mutating func add(_ name: String) {
        if let start, !start.precedes(name) { return }
        if let last, !name.precedes(last) { return }
        found.append(name)
        // Some more than are wanted, so that few of a long list lead to sorting.
        if found.count >= 2 * limit { cut() }
    }

    private mutating func cut() {
        found = names
        last = found.last
    }

    /// At most as many as are wanted.
    var names: [String] { Array(found.sorted { $0.precedes($1) }.prefix(limit)) }
}

extension String {
    fileprivate func precedes(_ other: String) -> Bool {
        utf8.lexicographicallyPrecedes(other.utf8)
    }
}
