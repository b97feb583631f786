import CEL
import Core

/// The names and functions that expressions of rules may use (rules.md, "The language").
public enum RuleEnvironment {
    /// What is in scope of every expression; the raw value is its slot.
    ///
    /// The qualified ones are there so that an expression that asks for `device.last.temp` costs
    /// that look-up and not the making of the whole `device`.
    public enum Name: Int, CaseIterable, Sendable {
        case topic, payload, params, event, now
        /// `entity` is another name of `device`, also below it.
        case device, entity
        case deviceLast, entityLast, deviceID, entityID
        case deviceTrust, entityTrust, devicePrevious, entityPrevious
        case deviceMood, entityMood, deviceFirstSeen, entityFirstSeen, deviceLastSeen
        case entityLastSeen, deviceFirstContact, entityFirstContact

        /// nil for the slots of a rule's variables, which begin at `count`.
        public init?(slot: Int) { self.init(rawValue: slot) }

        public static let count = allCases.count

        /// As expressions write it.
        public var text: String {
            switch self {
            case .topic: "topic"
            case .payload: "payload"
            case .params: "params"
            case .event: "event"
            case .now: "now"
            case .device: "device"
            case .entity: "entity"
            case .deviceLast: "device.last"
            case .entityLast: "entity.last"
            case .deviceID: "device.id"
            case .entityID: "entity.id"
            case .deviceTrust: "device.trust"
            case .entityTrust: "entity.trust"
            case .devicePrevious: "device.previous"
            case .entityPrevious: "entity.previous"
            case .deviceMood: "device.mood"
            case .entityMood: "entity.mood"
            case .deviceFirstSeen: "device.first_seen"
            case .entityFirstSeen: "entity.first_seen"
            case .deviceLastSeen: "device.last_seen"
            case .entityLastSeen: "entity.last_seen"
            case .deviceFirstContact: "device.first_contact"
            case .entityFirstContact: "entity.first_contact"
            }
        }

        /// Whether trust or mood can be asked for by it.
        var isOfSoul: Bool {
            switch self {
            case .device, .entity, .deviceTrust, .entityTrust, .deviceMood, .entityMood: true
            case .topic, .payload, .params, .event, .now, .deviceLast, .entityLast, .deviceID,
                .entityID, .devicePrevious, .entityPrevious, .deviceFirstSeen, .entityFirstSeen,
                .deviceLastSeen, .entityLastSeen, .deviceFirstContact, .entityFirstContact:
                false
            }
        }
    }

    /// A variable that the rule declares, as the expressions behind it know it.
    struct Variable {
        let name: String
        let type: ValueType
        let size: ValueSize

        /// - Parameter expression: Of its value; without one, nothing is known of it.
        init(name: String, expression: CEL.Expression?) {
            self.name = name
            type = expression?.type ?? .dyn
            size = expression?.estimate.size ?? ValueSize(of: type)
        }

        /// The name as expressions write it.
        var text: String { "variables.\(name)" }
    }

    /// Declares the names, their types and their fields.
    public static func environment() -> CEL.Environment {
        environment(variables: [], expression: 0)
    }

    /// Declares also `variables.x` for each variable that the expression may see.
    ///
    /// The slots of a variable are the same in every expression of its rule.
    /// - Parameters:
    ///   - variables: In the order in which the rule declares them.
    ///   - expression: Tells the expressions of a rule apart that call functions which remember;
    ///     the calls carry it (`StateFunction`).
    static func environment(variables: [Variable], expression: Int) -> CEL.Environment {
        let functions = tables.indices.contains(expression) ? tables[expression] : table(expression)
        var types = Name.types
        var sizes: [String: ValueSize] = [:]
        for variable in variables {
            types[variable.text] = variable.type
            sizes[variable.text] = variable.size
        }
        return CEL.Environment(
            variables: Name.allCases.map(\.text) + variables.map(\.text), types: types,
            fields: Name.fields, sizes: sizes, functions: functions,
            costMax: Limits.expressionCostMax)
    }

    /// Of the first expressions of a rule, made once: thousands of rules have no more.
    private static let tables = (0..<8).map(table)

    private static func table(_ expression: Int) -> FunctionTable {
        var functions = functions
        for function in StateFunction.functions(of: expression) { functions.register(function) }
        return functions
    }

    /// CEL's own and `text.overlap`.
    static let functions = FunctionTable.standard
}
