import CEL
import Core

/// What the expressions of rules see of one event (rules.md, "Names in scope").
///
/// A class, since a variable's expression is evaluated inside the evaluation that asks for it.
final class Scene: Activation {
    private let event: Event
    private let message: Message
    private let payload: JSONValue
    private let entity: String
    /// nil for an entity that was never heard.
    private let state: EntityState?
    private let route: Route
    private let captures: [String]
    /// Of the rule that is asked now.
    private var variables: [Rule.Variable] = []
    private var values: [Value?] = []

    init(
        event: Event, message: Message, payload: JSONValue, entity: String, state: EntityState?,
        route: Route, captures: [String]
    ) {
        self.event = event
        self.message = message
        self.payload = payload
        self.entity = entity
        self.state = state
        self.route = route
        self.captures = captures
    }

    /// The next expressions are of this rule.
    func begin(_ rule: Rule) {
        variables = rule.variables
        values.removeAll(keepingCapacity: true)
    }

    func value(slot: Int, name: String) throws(EvaluationError.Reason) -> Value? {
        guard let known = RuleEnvironment.Name(slot: slot) else {
            return try variable(slot - RuleEnvironment.Name.count)
        }
        switch known {
        case .topic: return .string(message.topic)
        case .payload: return Value(payload)
        case .params: return .object(params)
        case .event: return map(eventFields)
        case .now: return Instant(event.at).map(Value.timestamp)
        case .device, .entity: return map(deviceFields)
        case .deviceLast, .entityLast: return .object(state?.fields ?? JSONObject())
        case .deviceID, .entityID: return .string(entity)
        case .deviceTrust, .entityTrust: return .double((state?.trust ?? .prior).value)
        case .devicePrevious, .entityPrevious: return previous
        }
    }

    // MARK: Values

    private var params: JSONObject {
        let names = route.captureNames
        return JSONObject(
            zip(names, captures).map { .init(name: $0, value: .string($1)) })
    }

    private var previous: Value? {
        state?.previous(on: route.name).map { Value($0.payload) }
    }

    private var deviceFields: [(String, Value?)] {
        [
            ("id", .string(entity)),
            ("trust", .double((state?.trust ?? .prior).value)),
            ("mood", .string("neutral")),
            ("first_seen", state.flatMap { Instant($0.firstSeen) }.map(Value.timestamp)),
            ("last_seen", state.flatMap { Instant($0.lastSeen) }.map(Value.timestamp)),
            ("last", .object(state?.fields ?? JSONObject())),
            ("previous", previous),
        ]
    }

    private var eventFields: [(String, Value?)] {
        [
            ("at", Instant(event.at).map(Value.timestamp)),
            ("qos", .int(Int64(message.qos.rawValue))),
            ("retain", .bool(message.retain)),
            ("properties", .object(properties)),
            ("seq", .int(event.sequence)),
        ]
    }

    /// User properties by name, the last of a name counting, beside the ones with a meaning.
    private var properties: JSONObject {
        guard let properties = message.properties else { return JSONObject() }
        var members: [JSONObject.Member] = []
        func set(_ name: String, _ value: String) {
            members.removeAll { $0.name == name }
            members.append(.init(name: name, value: .string(value)))
        }
        for property in properties.user { set(property.name, property.value) }
        if let type = properties.contentType { set("content_type", type) }
        if let topic = properties.responseTopic { set("response_topic", topic) }
        return JSONObject(members)
    }

    /// A map without what has no value now, so that `has` tells.
    private func map(_ fields: [(String, Value?)]) -> Value? {
        var entries: [(Value, Value)] = []
        for (name, value) in fields {
            guard let value else { continue }
            entries.append((.string(name), value))
        }
        guard let map = MapValue(entries) else { return nil }
        return .map(map)
    }

    /// Evaluated on first use, once per rule and event.
    private func variable(_ index: Int) throws(EvaluationError.Reason) -> Value? {
        guard variables.indices.contains(index) else { return nil }
        if values.isEmpty { values = Array(repeating: nil, count: variables.count) }
        if let value = values[index] { return value }
        do throws(EvaluationError) {
            let value = try variables[index].expression.evaluate(self)
            values[index] = value
            return value
        } catch {
            throw error.reason
        }
    }
}

extension Scene {
    func truth(of expression: CEL.Expression) throws(EvaluationError) -> Bool {
        let value = try expression.evaluate(self)
        guard case .bool(let truth) = value else {
            throw expression.fault("the condition gives \(value.kind.typeName), not a bool")
        }
        return truth
    }

    /// - Throws: also where the value is no number in 0...1.
    func strength(_ strength: Rule.Strength) throws(EvaluationError) -> Double {
        switch strength {
        case .constant(let value): return value
        case .expression(let expression):
            let value = try expression.evaluate(self)
            guard let number = value.asDouble, (0...1).contains(number) else {
                throw expression.fault("the strength is not a number from 0.0 to 1.0")
            }
            return number
        }
    }

    func text(of expression: CEL.Expression) throws(EvaluationError) -> String {
        let value = try expression.evaluate(self)
        guard case .string(let text) = value else {
            throw expression.fault("the message gives \(value.kind.typeName), not a string")
        }
        return text
    }

    func json(of expression: CEL.Expression) throws(EvaluationError) -> JSONValue {
        guard let json = try expression.evaluate(self).json else {
            throw expression.fault("the value cannot be written as JSON")
        }
        return json
    }

    /// A string is published as it is, bytes likewise, everything else as JSON.
    func publication(of action: Rule.PublishAction) throws(EvaluationError) -> Publication {
        let value = try action.payload.evaluate(self)
        let payload: [UInt8]
        switch value {
        case .string(let text): payload = Array(text.utf8)
        case .bytes(let bytes): payload = bytes
        default:
            guard let json = value.json else {
                throw action.payload.fault("the payload cannot be written as JSON")
            }
            payload = json.encoded()
        }
        guard let topic = try? action.topic.expand(capture) else {
            throw action.payload.fault("the topic '\(action.topic.text)' cannot be filled in")
        }
        return Publication(topic: topic, payload: payload, qos: action.qos, retain: action.retain)
    }

    private func capture(_ name: String) -> String? {
        route.captureNames.firstIndex(of: name).map { captures[$0] }
    }
}

extension Value {
    /// A number of any kind.
    var asDouble: Double? {
        switch self {
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .double(let value): value
        case .number(let value): value.double
        default: nil
        }
    }
}

extension Route {
    /// The names of what its topic captures, in order.
    var captureNames: [String] {
        switch kind {
        case .telemetry(let pattern), .guarded(let pattern, _, _): pattern.captureNames
        case .evaluate: []
        }
    }
}
