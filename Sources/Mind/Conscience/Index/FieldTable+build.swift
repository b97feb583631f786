import CEL
import Core

/// Gathers the fields that rules ask about, and what they compare them with.
struct FieldTableBuilder {
    private var fields: [FieldTable.Field] = []
    private var members = MemberTree()
    private var programs: [Program] = []
    /// By member.
    private var memberFields: [Int: Int] = [:]
    private let captureNames: [String]
    private var constants: [Value] = []
    private var prefixes: [ExactText] = []

    private static let topic = 1
    private static let entity = 2
    private static let captures = 3

    init(_ route: Route) {
        captureNames = route.captureNames
        let sources: [FieldTable.Source] =
            [.payload(MemberTree.root), .topic, .entity]
            + captureNames.indices.map { .capture($0) }
        fields = sources.map { FieldTable.Field(source: $0) }
    }

    /// The field of a path; nil of one that is not looked at.
    mutating func field(_ path: FieldPath) -> Int? {
        let found = find(path)
        if let found { fields[found].isUsed = true }
        return found
    }

    private mutating func find(_ path: FieldPath) -> Int? {
        switch RuleEnvironment.Name(slot: path.slot) {
        case .payload?:
            return payloadField(path.names)
        case .topic? where path.names.isEmpty: return Self.topic
        case .deviceID? where path.names.isEmpty, .entityID? where path.names.isEmpty:
            return Self.entity
        case .params? where path.names.count == 1:
            return captureNames.firstIndex { ExactText($0) == path.names[0] }
                .map { Self.captures + $0 }
        case .topic?, .params?, .event?, .now?, .device?, .entity?, .deviceLast?, .entityLast?,
            .deviceID?, .entityID?, .deviceTrust?, .entityTrust?, .devicePrevious?,
            .entityPrevious?, .deviceMood?, .entityMood?, .deviceFirstSeen?, .entityFirstSeen?,
            .deviceLastSeen?, .entityLastSeen?, .deviceFirstContact?, .entityFirstContact?, nil:
            return nil
        }
    }

    /// Those around it are fields too.
    private mutating func payloadField(_ names: [ExactText]) -> Int {
        var (member, field) = (MemberTree.root, FieldTable.payload)
        for name in names {
            member = members.add(Array(name.text.utf8), to: member)
            if let known = memberFields[member] {
                field = known
            } else {
                field = fields.count
                fields.append(.init(source: .payload(member)))
                memberFields[member] = field
            }
        }
        return field
    }

    /// What the code of a rule asks the payload for.
    mutating func add(_ programs: [Program]) { self.programs += programs }

    /// Whether it is a field that every message has, the payload excepted.
    func isOfEveryMessage(_ field: Int) -> Bool {
        switch fields[field].source {
        case .topic, .entity, .capture: true
        case .payload: false
        }
    }

    mutating func compare(_ field: Int, with values: [Value]) {
        fields[field].isCompared = true
        constants += values
    }

    mutating func compare(_ field: Int, withPrefix prefix: String) {
        fields[field].isPrefixed = true
        prefixes.append(ExactText(prefix))
    }

    mutating func table() -> FieldTable {
        let paths = MemberPaths(
            of: programs, slot: RuleEnvironment.Name.payload.rawValue, in: &members)
        return FieldTable(
            fields, members: members, paths, ConstantTable(constants), TextTable(prefixes))
    }
}
