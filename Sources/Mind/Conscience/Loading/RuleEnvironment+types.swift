import CEL

/// What is known of the names before there is a message; `Scene` gives them values of these types.
extension RuleEnvironment.Name {
    var type: ValueType {
        switch self {
        case .topic: .string
        case .payload, .devicePrevious, .entityPrevious: .dyn
        case .params: .map(.string, .string)
        case .now: .timestamp
        case .event, .device, .entity, .deviceLast, .entityLast: .map(.string, .dyn)
        case .deviceID, .entityID: .string
        case .deviceTrust, .entityTrust: .double
        case .deviceMood, .entityMood: .string
        case .deviceFirstSeen, .entityFirstSeen, .deviceLastSeen, .entityLastSeen: .timestamp
        case .deviceFirstContact, .entityFirstContact: .bool
        }
    }

    /// The fields of what has these and no others.
    private var fields: [String: ValueType]? {
        switch self {
        case .event:
            [
                "at": .timestamp, "qos": .int, "retain": .bool, "seq": .int,
                "properties": .map(.string, .string),
            ]
        case .device, .entity:
            [
                "id": .string, "trust": .double, "mood": .string, "first_seen": .timestamp,
                "last_seen": .timestamp, "last": .map(.string, .dyn), "previous": .dyn,
                "first_contact": .bool,
            ]
        case .topic, .payload, .params, .now, .deviceLast, .entityLast, .deviceID, .entityID,
            .deviceTrust, .entityTrust, .devicePrevious, .entityPrevious, .deviceMood, .entityMood,
            .deviceFirstSeen, .entityFirstSeen, .deviceLastSeen, .entityLastSeen,
            .deviceFirstContact, .entityFirstContact:
            nil
        }
    }

    static let types = Dictionary(uniqueKeysWithValues: allCases.map { ($0.text, $0.type) })

    static let fields = Dictionary(
        uniqueKeysWithValues: allCases.compactMap { name in name.fields.map { (name.text, $0) } })
}
