import Core

/// What the mind holds about one entity.
struct EntityState: Equatable, Sendable {
    /// The payload before the next one on a route.
    struct Previous: Equatable, Sendable {
        var route: String
        var payload: JSONValue
        /// When an event of this route was last written to the log.
        var recordedAt: Timestamp
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

    /// The payload last remembered on a route.
    func previous(on route: String) -> Previous? {
        for entry in previous where entry.route == route { return entry }
        return nil
    }

    /// Takes in a payload: its members become the newest values, itself the route's previous one.
    ///
    /// - Returns: false when a bound kept some of it from being remembered.
    mutating func remember(_ payload: JSONValue, on route: String, at: Timestamp) -> Bool {
        let size = payload.estimatedBytes
        guard size <= Limits.entityBytesMax / 4 else { return false }
        var isComplete = replacePrevious(payload, size: size, on: route, at: at)
        switch payload {
        case .object(let object):
            var hint = 0
            for member in object.members {
                isComplete = remember(member, hint: &hint) && isComplete
            }
        case .null, .bool, .number, .string, .array:
            var hint = 0
            isComplete = remember(.init(name: "value", value: payload), hint: &hint) && isComplete
        }
        return isComplete
    }

    private mutating func replacePrevious(
        _ payload: JSONValue, size: Int, on route: String, at: Timestamp
    ) -> Bool {
        for index in previous.indices where previous[index].route == route {
            bytes += size - previous[index].payload.estimatedBytes
            previous[index].payload = payload
            previous[index].recordedAt = at
            return true
        }
        guard bytes + size <= Limits.entityBytesMax else { return false }
        bytes += size
        previous.append(Previous(route: route, payload: payload, recordedAt: at))
        return true
    }

    /// Devices repeat their fields in one order, so the search starts where the last one ended.
    private mutating func remember(_ member: JSONObject.Member, hint: inout Int) -> Bool {
        let count = fields.members.count
        for step in 0..<count {
            let index = hint + step < count ? hint + step : hint + step - count
            guard fields.members[index].name == member.name else { continue }
            bytes += member.value.estimatedBytes - fields.members[index].value.estimatedBytes
            fields.members[index].value = member.value
            hint = index + 1 < count ? index + 1 : 0
            return true
        }
        let size = member.value.estimatedBytes + member.name.utf8.count
        guard count < Limits.entityFieldsMax, bytes + size <= Limits.entityBytesMax else {
            return false
        }
        bytes += size
        fields.members.append(member)
        return true
    }
}

extension JSONValue {
    /// Bytes that holding this value takes, near enough to bound memory by.
    var estimatedBytes: Int {
        switch self {
        case .null, .bool, .number: return 24
        case .string(let text): return 24 + text.utf8.count
        case .array(let elements): return elements.reduce(56) { $0 + $1.estimatedBytes }
        case .object(let object):
            return object.members.reduce(56) {
                $0 + 16 + $1.name.utf8.count + $1.value.estimatedBytes
            }
        }
    }
}
