import Core

/// What the mind holds about one entity.
///
/// The newest value of every field is in the payloads that were heard last, or, where these do not
/// have the field any longer, in `settled`.
struct EntityState: Equatable, Sendable {
    let name: String
    let firstSeen: Timestamp
    var lastSeen: Timestamp
    /// What was last heard on each route, in the order of hearing.
    private(set) var latest: [LatestPayload] = []
    /// Fields of older payloads; those of a current one stand before them.
    private(set) var settled = JSONObject()
    /// In the order they began; mostly empty.
    var firing: [FiringAlert] = []
    /// An estimate of what `settled` and `latest` hold.
    private(set) var bytes = 0
    private(set) var loudness = Loudness()

    init(name: String, at: Timestamp) {
        self.name = name
        firstSeen = at
        lastSeen = at
    }

    /// As a checkpoint held it.
    init(
        name: String, firstSeen: Timestamp, lastSeen: Timestamp, settled: JSONObject,
        latest: [LatestPayload]
    ) {
        self.init(name: name, at: firstSeen)
        self.lastSeen = lastSeen
        self.settled = settled
        self.latest = latest
        bytes = countedBytes
    }

    /// `bytes`, counted anew.
    var countedBytes: Int {
        let settledBytes = settled.members.reduce(0) { $0 + $1.estimatedBytes }
        return latest.reduce(settledBytes) { $0 + $1.estimatedBytes }
    }

    /// What was last heard on a route.
    func latest(on route: String) -> LatestPayload? { place(of: route).map { latest[$0] } }

    /// Working memory: the newest value of every field.
    var fields: JSONObject {
        var fields = FieldMerge(settled)
        for entry in latest {
            for member in entry.currentFields?.members ?? [] { fields.set(member) }
        }
        return fields.object
    }

    /// Something of it was taken in.
    mutating func hear(at time: Timestamp) {
        lastSeen = time
        loudness.add(at: time)
    }

    /// Takes in a payload: its members become the newest values, itself the route's latest one.
    ///
    /// What finds no room is not there afterwards, rather than old.
    /// - Parameter document: nil where it could not be read; it changes nothing but the time.
    /// - Returns: false when a bound kept some of it from being remembered.
    mutating func remember(_ document: JSONDocument?, on route: String, at: Timestamp) -> Bool {
        let place = place(of: route)
        guard let document else {
            if let place {
                latest[place].recordedAt = at
                return true
            }
            return append(LatestPayload(route: route, recordedAt: at))
        }
        let size = document.bytes.count
        if let place, latest[place].isCurrent, size <= Limits.entityBytesMax / 4 {
            let growth = size - (latest[place].payload?.count ?? 0)
            if bytes + growth <= Limits.entityBytesMax, latest[place].hasSameNames(as: document) {
                latest[place].replace(document, at: at)
                bytes += growth
                moveToNewest(place)
                return true
            }
        }
        return rememberAnew(document, on: route, at: at)
    }

    /// The same where it does not simply take the place of the one before.
    private mutating func rememberAnew(
        _ document: JSONDocument, on route: String, at: Timestamp
    ) -> Bool {
        var isComplete = true
        if let place = place(of: route) {
            bytes -= latest[place].estimatedBytes
            if latest[place].isCurrent { isComplete = settle() }
            latest.remove(at: place)
        }
        let isSmall = document.bytes.count <= Limits.entityBytesMax / 4
        if isSmall, append(LatestPayload(route: route, document, at: at)) { return isComplete }
        _ = settle()
        for name in document.fields.members.map(\.name) { unset(name) }
        _ = append(LatestPayload(route: route, recordedAt: at))
        return false
    }

    private func place(of route: String) -> Int? {
        for place in latest.indices where latest[place].route == route { return place }
        return nil
    }

    private mutating func append(_ entry: LatestPayload) -> Bool {
        guard bytes + entry.estimatedBytes <= Limits.entityBytesMax else { return false }
        bytes += entry.estimatedBytes
        latest.append(entry)
        return true
    }

    private mutating func moveToNewest(_ place: Int) {
        guard place != latest.count - 1 else { return }
        latest.append(latest.remove(at: place))
    }

    // MARK: Fields by themselves

    /// Gives the fields of every payload a place of their own.
    ///
    /// - Returns: false when some found no room.
    private mutating func settle() -> Bool {
        var isComplete = true
        for place in latest.indices {
            guard let fields = latest[place].currentFields else { continue }
            latest[place].isCurrent = false
            for member in fields.members { isComplete = set(member) && isComplete }
        }
        return isComplete
    }

    private mutating func set(_ member: JSONObject.Member) -> Bool {
        unset(member.name)
        let size = member.estimatedBytes
        guard settled.members.count < Limits.entityFieldsMax,
            bytes + size <= Limits.entityBytesMax
        else { return false }
        bytes += size
        settled.members.append(member)
        return true
    }

    private mutating func unset(_ name: String) {
        let place = settled.members.firstIndex { $0.name.hasSameBytes(as: name) }
        guard let place else { return }
        bytes -= settled.members.remove(at: place).estimatedBytes
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
