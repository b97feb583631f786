import Core

/// What the mind holds about one entity.
struct EntityState: Equatable, Sendable {
    /// What was last heard on a route.
    struct Previous: Equatable, Sendable {
        var route: String
        /// nil where it could not be read, or is too large to be remembered.
        private(set) var payload: JSONValue?
        /// When an event of this route was last written to the log.
        var recordedAt: Timestamp

        /// Of the payload alone; counted once, as it is asked for with every message.
        private(set) var payloadBytes: Int

        /// - Parameter payloadBytes: where they were counted already.
        init(
            route: String, payload: JSONValue?, recordedAt: Timestamp, payloadBytes: Int? = nil
        ) {
            self.route = route
            self.payload = payload
            self.recordedAt = recordedAt
            self.payloadBytes = payloadBytes ?? payload?.estimatedBytes ?? 0
        }

        var estimatedBytes: Int { 56 + route.utf8.count + payloadBytes }

        mutating func forgetPayload() {
            payload = nil
            payloadBytes = 0
        }
    }

    var name: String
    var firstSeen: Timestamp
    var lastSeen: Timestamp
    /// Working memory: the newest value of every field.
    var fields = JSONObject()
    var previous: [Previous] = []
    var trust = Trust.prior
    /// In the order they began; mostly empty.
    var firing: [FiringAlert] = []
    /// An estimate of what `fields` and `previous` hold.
    var bytes = 0

    init(name: String, at: Timestamp) {
        self.name = name
        firstSeen = at
        lastSeen = at
    }

    /// `bytes`, counted anew: not taken from a checkpoint, where it could be wrong.
    var countedBytes: Int {
        let fieldBytes = fields.members.reduce(0) { $0 + $1.estimatedBytes }
        return previous.reduce(fieldBytes) { $0 + $1.estimatedBytes }
    }

    /// What was last heard on a route.
    func previous(on route: String) -> Previous? {
        for entry in previous where entry.route == route { return entry }
        return nil
    }

    /// Takes in a payload: its members become the newest values, itself the route's previous one.
    ///
    /// What finds no room is not there afterwards, rather than old.
    /// - Parameter payload: nil where it could not be read; it changes nothing but the time.
    /// - Returns: false when a bound kept some of it from being remembered.
    mutating func remember(_ payload: JSONValue?, on route: String, at: Timestamp) -> Bool {
        guard let payload else {
            let last = previous(on: route)?.payload
            return setPrevious(Previous(route: route, payload: last, recordedAt: at))
        }
        let size = payload.estimatedBytes
        guard size <= Limits.entityBytesMax / 4 else {
            _ = setPrevious(Previous(route: route, payload: nil, recordedAt: at))
            return false
        }
        var isComplete = setPrevious(
            Previous(route: route, payload: payload, recordedAt: at, payloadBytes: size))
        var hint = 0
        switch payload {
        case .object(let object):
            for member in object.members {
                isComplete = set(member, hint: &hint) && isComplete
            }
        case .null, .bool, .number, .string, .array:
            isComplete = set(.init(name: "value", value: payload), hint: &hint) && isComplete
        }
        return isComplete
    }

    private mutating func setPrevious(_ entry: Previous) -> Bool {
        var entry = entry
        let place = previous.firstIndex { $0.route == entry.route }
        let freed = place.map { previous[$0].estimatedBytes } ?? 0
        let isComplete = bytes - freed + entry.estimatedBytes <= Limits.entityBytesMax
        if !isComplete { entry.forgetPayload() }
        if let place {
            previous[place] = entry
        } else {
            guard bytes + entry.estimatedBytes <= Limits.entityBytesMax else { return false }
            previous.append(entry)
        }
        bytes += entry.estimatedBytes - freed
        return isComplete
    }

    /// Devices repeat their fields in one order, so the search starts where the last one ended.
    private mutating func set(_ member: JSONObject.Member, hint: inout Int) -> Bool {
        let count = fields.members.count
        for step in 0..<count {
            let index = hint + step < count ? hint + step : hint + step - count
            guard fields.members[index].name.hasSameBytes(as: member.name) else { continue }
            let growth =
                member.value.estimatedBytes - fields.members[index].value.estimatedBytes
            guard growth <= 0 || bytes + growth <= Limits.entityBytesMax else {
                bytes -= fields.members[index].estimatedBytes
                fields.members.remove(at: index)
                hint = index < count - 1 ? index : 0
                return false
            }
            bytes += growth
            fields.members[index].value = member.value
            hint = index + 1 < count ? index + 1 : 0
            return true
        }
        let size = member.estimatedBytes
        guard count < Limits.entityFieldsMax, bytes + size <= Limits.entityBytesMax else {
            return false
        }
        bytes += size
        fields.members.append(member)
        return true
    }
}

extension JSONObject.Member {
    var estimatedBytes: Int { 16 + name.utf8.count + value.estimatedBytes }
}

extension JSONValue {
    /// Bytes that holding this value takes, near enough to bound memory by.
    var estimatedBytes: Int {
        switch self {
        case .null, .bool, .number: return 24
        case .string(let text): return 24 + text.utf8.count
        case .array(let elements): return elements.reduce(56) { $0 + $1.estimatedBytes }
        case .object(let object):
            return object.members.reduce(56) { $0 + $1.estimatedBytes }
        }
    }
}
