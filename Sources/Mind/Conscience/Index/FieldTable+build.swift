import CEL
import Core

/// Gathers the fields that rules ask about, and what they compare them with.
struct FieldTableBuilder {
    private var fields: [FieldTable.Field] = []
    private var names: [UInt8] = []
    private var members: [Member: Int] = [:]
    private let captureNames: [String]
    private var constants: [Value] = []
    private var prefixes: [ExactText] = []

    private struct Member: Hashable {
        let parent: Int
        let name: ExactText
    }

    private static let topic = 1
    private static let entity = 2
    private static let captures = 3

    init(_ route: Route) {
        captureNames = route.captureNames
        let sources: [FieldTable.Source] =
            [.payload, .topic, .entity] + captureNames.indices.map { .capture($0) }
        fields = sources.map { FieldTable.Field(source: $0, name: 0..<0) }
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
            return path.names.reduce(FieldTable.payload) { parent, name in member(name, of: parent)
            }
        case .topic? where path.names.isEmpty: return Self.topic
        case .deviceID? where path.names.isEmpty, .entityID? where path.names.isEmpty:
            return Self.entity
        case .params? where path.names.count == 1:
            return captureNames.firstIndex { ExactText($0) == path.names[0] }
                .map { Self.captures + $0 }
        case .topic?, .params?, .event?, .now?, .device?, .entity?, .deviceLast?, .entityLast?,
            .deviceID?, .entityID?, .deviceTrust?, .entityTrust?, .devicePrevious?,
            .entityPrevious?, nil:
            return nil
        }
    }

    private mutating func member(_ name: ExactText, of parent: Int) -> Int {
        let key = Member(parent: parent, name: name)
        if let known = members[key] { return known }
        let bytes = Array(name.text.utf8)
        names += bytes
        fields.append(
            .init(source: .member(of: parent), name: names.count - bytes.count..<names.count))
        members[key] = fields.count - 1
        return fields.count - 1
    }

    /// Whether it is a field that every message has, the payload excepted.
    func isOfEveryMessage(_ field: Int) -> Bool {
        switch fields[field].source {
        case .topic, .entity, .capture: true
        case .payload, .member: false
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

    func table() -> FieldTable {
        var fields = fields
        for field in fields {
            if case .member(let parent) = field.source { fields[parent].hasMembers = true }
        }
        return FieldTable(fields, names: names, ConstantTable(constants), TextTable(prefixes))
    }
}
