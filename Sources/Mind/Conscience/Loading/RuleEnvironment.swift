import CEL

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
            }
        }
    }

    /// Declares the names and `variables.x` for each variable that the expression may see.
    ///
    /// The slots of a variable are the same in every expression of its rule.
    /// - Parameter variables: In the order in which the rule declares them.
    public static func environment(variables: [String] = []) -> CEL.Environment {
        environment(variables: variables, expression: 0)
    }

    /// - Parameter expression: Tells the expressions of a rule apart that call functions which
    ///   remember; the calls carry it (`StateFunction`).
    static func environment(variables: [String], expression: Int) -> CEL.Environment {
        let functions = tables.indices.contains(expression) ? tables[expression] : table(expression)
        return CEL.Environment(
            variables: Name.allCases.map(\.text) + variables.map { "variables.\($0)" },
            functions: functions)
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
