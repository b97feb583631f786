import CEL
import Core

/// The variables of a scene, other than the payload.
extension Scene {
    /// The raw value is the slot.
    enum Name: Int, CaseIterable {
        case topic, payload, params, now, device
        case deviceID, deviceTrust, deviceLast
        case flag, count, limit, level, text, bytes, numbers, words, table, mixed, since, span
        case choice, none, address, block
        /// It never has a value.
        case gap
        /// To ask for it is an error.
        case broken

        var text: String {
            switch self {
            case .topic: "topic"
            case .payload: "payload"
            case .params: "params"
            case .now: "now"
            case .device: "device"
            case .deviceID: "device.id"
            case .deviceTrust: "device.trust"
            case .deviceLast: "device.last"
            case .flag, .count, .limit, .level, .text, .bytes, .numbers, .words, .table, .mixed,
                .since, .span, .choice, .none, .address, .block, .gap, .broken:
                "variables.\(self)"
            }
        }

        /// What it holds where it holds something.
        var type: ValueType {
            switch self {
            case .topic, .deviceID, .text: .string
            case .payload, .deviceLast, .gap, .broken: .dyn
            case .params: .map(.string, .string)
            case .device: .map(.string, .dyn)
            case .now, .since: .timestamp
            case .deviceTrust, .level: .double
            case .flag: .bool
            case .count: .int
            case .limit: .uint
            case .bytes: .bytes
            case .numbers: .list(.int)
            case .words: .list(.string)
            case .table: .map(.string, .int)
            case .mixed: .map(.dyn, .dyn)
            case .span: .duration
            case .choice, .none: .optional(.int)
            case .address: .ip
            case .block: .cidr
            }
        }

        /// Whether the environment is told the type, as it is of few variables of rules.
        var isDeclared: Bool {
            switch self {
            case .flag, .count, .level, .numbers, .table, .choice, .text: true
            case .topic, .payload, .params, .now, .device, .deviceID, .deviceTrust, .deviceLast,
                .limit, .bytes, .words, .mixed, .since, .span, .none, .address, .block, .gap,
                .broken:
                false
            }
        }
    }

    static let payloadSlot = Name.payload.rawValue
    /// From here on they are a rule's own.
    static let ruleSlot = Name.flag.rawValue

    /// The environment of expressions that are evaluated in scenes.
    static func environment(
        isChecked: Bool, further: [String] = [], types: [String: ValueType] = [:],
        container: String = ""
    ) -> Environment {
        var types = types
        for name in Name.allCases where name.isDeclared { types[name.text] = name.type }
        return Environment(
            variables: Name.allCases.map(\.text) + further, types: types, container: container,
            functions: functions, isChecked: isChecked)
    }

    /// - Parameter variant: Of the scene; odd ones have larger numbers, every fourth no topic.
    static func value(
        of name: Name, variant: Int
    ) throws(EvaluationError.Reason) -> Value? {
        let isOdd = variant % 2 == 1
        switch name {
        case .topic: return variant % 4 == 3 ? nil : .string("plant/é/pump-\(variant % 3)/state")
        case .params: return .object(params(variant))
        case .now: return Instant(seconds: 1_767_323_045, nanoseconds: 500).map(Value.timestamp)
        case .device: return .map(device(variant))
        case .deviceID: return .string("pump-\(variant % 3)")
        case .deviceTrust: return .double(isOdd ? 0.25 : 0.75)
        case .deviceLast: return variant % 5 == 4 ? nil : last
        case .flag: return .bool(isOdd)
        case .count: return .int(isOdd ? .max : 7)
        case .limit: return .uint(isOdd ? .max : 9)
        case .level: return .double(isOdd ? -0.0 : 1.5)
        case .text: return .string(isOdd ? "" : "Ünï\u{1F600}\0 text")
        case .bytes: return .bytes(isOdd ? [] : [0, 0xFF, 0x61])
        case .numbers: return .list(isOdd ? [] : [.int(3), .int(-1), .int(2)])
        case .words: return .list([.string("a"), .string("e\u{301}"), .string("a")])
        case .table, .mixed, .since, .span, .choice, .none, .address, .block:
            return further(name, isOdd: isOdd)
        case .gap: return nil
        case .broken: throw .noKey("broken in variant \(variant)")
        case .payload: throw .unknown("the payload is the scene's own")
        }
    }

    private static func further(_ name: Name, isOdd: Bool) -> Value? {
        switch name {
        case .table:
            let more: [(Value, Value)] = isOdd ? [] : [(.string("b"), .int(2))]
            return MapValue([(.string("a"), .int(1))] + more).map(Value.map)
        case .mixed:
            return MapValue([
                (.int(1), .string("one")), (.uint(2), .double(2)), (.bool(true), .null),
                (.string("x"), .list([.int(1)])),
            ]).map(Value.map)
        case .since: return Instant(seconds: isOdd ? -1 : 1_700_000_000).map(Value.timestamp)
        case .span: return .duration(Interval(nanoseconds: isOdd ? .min : 90_000_000_000))
        case .choice: return .optional(isOdd ? nil : .int(5))
        case .none: return .optional(nil)
        case .address: return address
        case .block: return block
        case .topic, .payload, .params, .now, .device, .deviceID, .deviceTrust, .deviceLast,
            .flag, .count, .limit, .level, .text, .bytes, .numbers, .words, .gap, .broken:
            return nil
        }
    }

    private static let address = constant("ip('10.1.2.3')")
    private static let block = constant("cidr('10.0.0.0/8')")

    private static func constant(_ source: String) -> Value? {
        try? CEL.Expression(source).evaluate(EmptyActivation())
    }

    private static func params(_ variant: Int) -> JSONObject {
        JSONObject([
            .init(name: "device", value: .string("pump-\(variant % 3)")),
            .init(name: "area", value: .string("é")),
        ])
    }

    private static func device(_ variant: Int) -> MapValue {
        let fields: [(Value, Value)] = [
            (.string("id"), .string("pump-\(variant % 3)")),
            (.string("trust"), .double(0.5)),
            (.string("mood"), .string("neutral")),
            (.string("last"), last),
        ]
        return MapValue(fields) ?? MapValue()
    }

    /// As the payload, of an earlier message.
    private static let last = Value.object(
        JSONObject([
            .init(name: "temp", value: .number(.double(79.5))),
            .init(name: "count", value: .number(.int(3))),
            .init(name: "unit", value: .string("C")),
            .init(name: "ok", value: .bool(true)),
            .init(name: "values", value: .array([.number(.int(1)), .number(.double(0.5))])),
        ]))
}
