import CEL
import Core

/// What the expressions of rules see of one event (rules.md, "Names in scope").
///
/// A class, since a variable's expression is evaluated inside the evaluation that asks for it.
final class Scene: Inputs, Activation {
    /// Runs the expressions that have code, which are those of a rule set that took effect.
    private let machine: Machine
    private let event: Event
    private let message: Message
    private var payload: Payload
    private let entity: String
    /// nil for an entity that was never heard.
    private let state: EntityState?
    private let route: Route
    private let captures: [String]
    /// Of the rule that is asked now.
    private var variables: [Rule.Variable] = []
    /// What each came to, failures too: without them, variables that build on a failing one would
    /// ask for it exponentially often.
    private var values: [Result<Value, EvaluationError.Reason>?] = []
    /// What the rule has kept; nil where it keeps nothing.
    private var recall: RuleRecall?
    /// What was learned about the entity, and where the rule asks for it.
    var baselines = BaselineRecall()
    private var baselineCalls: [Rule.BaselineCall] = []
    /// What is left now of what is believed about the entity; nil where nothing is known, or where
    /// no rule of the route asks.
    var soul: Soul?
    /// Whether the entity itself is heard with this message, which a proposal does not do.
    var isHeard = false

    /// A document becomes values when an expression asks for it.
    enum Payload {
        case document(JSONDocument)
        case value(JSONValue)
    }

    init(
        _ machine: Machine, event: Event, message: Message, payload: Payload, entity: String,
        state: EntityState?, route: Route, captures: [String]
    ) {
        self.machine = machine
        self.event = event
        self.message = message
        self.payload = payload
        self.entity = entity
        self.state = state
        self.route = route
        self.captures = captures
        super.init()
        machine.beginMessage()
    }

    /// Reads a document in place while the rules are asked about it.
    ///
    /// - Parameter found: What it has of what their code asks for, as far as that is known.
    func reading<Result, Failure: Error>(
        knowing found: FoundMembers? = nil, _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard case .document(let document) = payload else { return try body() }
        return try message.topic.utf8.span.withUnsafeBytes { (topic) throws(Failure) -> Result in
            machine.know(topic, asSlot: RuleEnvironment.Name.topic.rawValue)
            return try machine.reading(
                document, asSlot: RuleEnvironment.Name.payload.rawValue, knowing: found, body)
        }
    }

    /// The next expressions are of this rule, which knows what it has kept.
    ///
    /// Takes all rules and a place among them, as whoever is on the path of messages: a rule by
    /// itself would be copied, with all its texts and expressions.
    func begin(_ index: Int, of rules: [Rule], _ kept: [SiteState], at now: Timestamp) {
        let sites = rules[index].sites
        let recall =
            sites.isEmpty ? nil : RuleRecall(sites: sites, kept: kept, now: now, isNew: true)
        begin(rules[index].variables, recalling: recall, rules[index].baselines)
    }

    /// The next expressions are of the rule that has these variables.
    func begin(
        _ variables: [Rule.Variable], recalling recall: RuleRecall?,
        _ baselineCalls: [Rule.BaselineCall]
    ) {
        self.variables = variables
        self.recall = recall
        self.baselineCalls = baselineCalls
        if !values.isEmpty { values.removeAll(keepingCapacity: true) }
        machine.beginRule()
    }

    override func load(slot: Int, name: String) throws(EvaluationError.Reason) -> Value? {
        try value(slot: slot, name: name)
    }

    func value(slot: Int, name: String) throws(EvaluationError.Reason) -> Value? {
        guard let known = RuleEnvironment.Name(slot: slot) else {
            return try variable(slot - RuleEnvironment.Name.count)
        }
        switch known {
        case .topic: return .string(message.topic)
        case .payload: return Value(madePayload)
        case .params: return .object(params)
        case .event: return map(eventFields)
        case .now: return Instant(event.at).map(Value.timestamp)
        case .device, .entity: return map(deviceFields)
        case .deviceLast, .entityLast: return .object(fields)
        case .deviceID, .entityID: return .string(entity)
        case .deviceTrust, .entityTrust: return .double(trust)
        case .deviceMood, .entityMood: return .string(mood)
        case .deviceFirstSeen, .entityFirstSeen: return firstSeen
        case .deviceLastSeen, .entityLastSeen: return lastSeen
        case .deviceFirstContact, .entityFirstContact: return .bool(isFirstContact)
        case .devicePrevious, .entityPrevious: return previous
        }
    }

    override func call(
        _ call: HostCall, arguments: [Value]
    ) throws(EvaluationError.Reason) -> Value {
        if case .baseline? = StateFunction(call) {
            return try baselines.answer(call, arguments, among: baselineCalls)
        }
        guard let recall else { throw .unknown(call.name) }
        return try recall.answer(call, arguments)
    }

    // MARK: Values

    private var madePayload: JSONValue {
        switch payload {
        case .value(let value): return value
        case .document(let document):
            let value = document.value
            payload = .value(value)
            return value
        }
    }

    /// Working memory, put together when it is asked for.
    private lazy var fields = state?.fields ?? JSONObject()

    private var params: JSONObject {
        let names = route.captureNames
        return JSONObject(
            zip(names, captures).map { .init(name: $0, value: .string($1)) })
    }

    private var previous: Value? {
        (state?.latest(on: route.name)?.document).map { Value($0.value) }
    }

    private var trust: Double { (soul ?? Soul(at: event.at)).trust }
    private var mood: String { (soul?.mood ?? .neutral).rawValue }
    private var isFirstContact: Bool { isHeard && state == nil }

    /// A device that is heard for the first time is first seen now.
    private var firstSeen: Value? {
        let time = isFirstContact ? event.at : state?.firstSeen
        return time.flatMap { Instant($0) }.map(Value.timestamp)
    }

    /// When it was heard before this message.
    private var lastSeen: Value? {
        (state?.lastSeen).flatMap { Instant($0) }.map(Value.timestamp)
    }

    private var deviceFields: [(String, Value?)] {
        [
            ("id", .string(entity)),
            ("trust", .double(trust)),
            ("mood", .string(mood)),
            ("first_seen", firstSeen),
            ("last_seen", lastSeen),
            ("first_contact", .bool(isFirstContact)),
            ("last", .object(fields)),
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
        if let known = values[index] { return try known.get() }
        evaluate(index)
        return try values[index]?.get()
    }

    /// What the variable refers to comes first, so that no evaluation waits inside of another:
    /// a chain of deep variables would be too much for the stack.
    private func evaluate(_ index: Int) {
        var isNeeded = [Bool](repeating: false, count: index + 1)
        isNeeded[index] = true
        for place in (0...index).reversed() where isNeeded[place] && values[place] == nil {
            for slot in variables[place].expression.slots {
                let other = slot - RuleEnvironment.Name.count
                if (0..<place).contains(other) { isNeeded[other] = true }
            }
        }
        for place in 0...index where isNeeded[place] && values[place] == nil {
            do throws(EvaluationError) {
                values[place] = .success(try evaluate(variables[place].expression))
            } catch {
                values[place] = .failure(error.reason)
            }
        }
    }
}

extension Scene {
    func evaluate(_ expression: CEL.Expression) throws(EvaluationError) -> Value {
        guard let program = expression.program else { return try expression.evaluate(self) }
        return try machine.evaluate(program, self)
    }

    /// Whether a condition holds; `failure` tells why it has no truth.
    func truth(of expression: CEL.Expression) -> Machine.Truth {
        if let program = expression.program { return machine.truth(of: program, self) }
        guard case .bool(let holds)? = try? expression.evaluate(self) else { return .failed }
        return holds ? .yes : .no
    }

    /// Why a condition has no truth: made where somebody is told of it.
    func failure(of expression: CEL.Expression) -> EvaluationError {
        do throws(EvaluationError) {
            let value = try evaluate(expression)
            return expression.fault("the condition gives \(value.kind.typeName), not a bool")
        } catch {
            return error
        }
    }

    /// - Throws: also where the value is no number in 0...1.
    func strength(_ strength: Rule.Strength) throws(EvaluationError) -> Double {
        switch strength {
        case .constant(let value): return value
        case .expression(let expression):
            let value = try evaluate(expression)
            guard let number = value.asDouble, (0...1).contains(number) else {
                throw expression.fault("the strength is not a number from 0.0 to 1.0")
            }
            return number
        }
    }

    func text(of expression: CEL.Expression) throws(EvaluationError) -> String {
        let value = try evaluate(expression)
        guard case .string(let text) = value else {
            throw expression.fault("the message gives \(value.kind.typeName), not a string")
        }
        return text.bounded(to: Limits.ruleMessageBytesMax)
    }

    /// null where the value is too large to be shown.
    func json(of expression: CEL.Expression) throws(EvaluationError) -> JSONValue {
        guard let json = try evaluate(expression).json else {
            throw expression.fault("the value cannot be written as JSON")
        }
        return json.estimatedBytes <= Limits.ruleMessageBytesMax ? json : .null
    }

    /// A string is published as it is, bytes likewise, everything else as JSON.
    func publication(of action: Rule.PublishAction) throws(EvaluationError) -> Publication {
        let value = try evaluate(action.payload)
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
        guard payload.count <= Limits.payloadBytesMax else {
            throw action.payload.fault("the payload has more than \(Limits.payloadBytesMax) bytes")
        }
        guard let topic = try? action.topic.expand(capture) else {
            throw action.payload.fault("the topic '\(action.topic.text)' cannot be filled in")
        }
        return Publication(topic: topic, payload: payload, qos: action.qos, retain: action.retain)
    }

    /// A string is remembered as it is, everything else as JSON.
    func memory(
        of action: Rule.RememberAction, by rule: String, _ event: Event
    ) throws(EvaluationError) -> Memory {
        let value = try evaluate(action.content)
        let content: String
        if case .string(let text) = value {
            content = text
        } else {
            guard let json = value.json else {
                throw action.content.fault("the content cannot be written as JSON")
            }
            content = String(decoding: json.encoded(), as: UTF8.self)
        }
        return Memory(
            layer: action.layer, entity: entity, at: event.at,
            content: content.bounded(to: Limits.memoryContentBytesMax), tags: action.tags,
            rule: rule, decisionID: "", eventSequence: event.sequence)
    }

    private func capture(_ name: String) -> String? {
        route.captureNames.firstIndex(of: name).map { captures[$0] }
    }
}

extension EvaluationError {
    /// The message, which may name a key as long as a payload.
    var boundedMessage: String { message.bounded(to: Limits.ruleMessageBytesMax) }
}

extension String {
    /// The text, cut off between two characters where it has more bytes.
    func bounded(to bytesMax: Int) -> String {
        guard utf8.count > bytesMax else { return self }
        var end = utf8.index(startIndex, offsetBy: bytesMax)
        while utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
        return String(self[..<end]) + "…"
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
