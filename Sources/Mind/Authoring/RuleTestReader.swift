import Core

/// Reads a file of tests.
public enum RuleTestReader {
    /// - Throws: everything wrong in the file, at once.
    public static func read(_ file: RuleFile) throws(RuleSetErrors) -> [RuleTest] {
        let log = SourceLog(file: file.name, text: file.text)
        var tests: [RuleTest] = []
        if let root = YAMLValue(document: log), let map = root.mapping(keys: ["tests"]) {
            let items = map.required("tests")?.list() ?? []
            var names: [String: YAMLValue] = [:]
            for item in items {
                guard let test = test(item) else { continue }
                if let first = names[test.name] {
                    item.report(
                        "a second test is named '\(test.name)'",
                        hint: "the first is at line \(first.position.line)")
                }
                names[test.name] = item
                tests.append(test)
            }
        }
        let errors = log.errors.sorted { $0.position < $1.position }
        if !errors.isEmpty { throw RuleSetErrors(errors: errors) }
        return tests
    }

    /// The first moment of 2026: a Thursday.
    private static let start = Timestamp(microseconds: 1_767_225_600_000_000)

    private static func test(_ value: YAMLValue) -> RuleTest? {
        guard let map = value.mapping(keys: ["name", "start", "steps"]) else { return nil }
        let name = map.required("name")?.text(length: 1...Limits.ruleDescriptionCharactersMax)
        let start = map["start"].map(time) ?? start
        var steps: [RuleTest.Step] = []
        var now = Duration.zero
        for item in map.required("steps")?.list() ?? [] {
            guard let step = step(item, after: now) else { continue }
            now = step.at + step.interval * (step.times - 1)
            steps.append(step)
        }
        guard let name, let start else { return nil }
        return RuleTest(
            name: name, file: value.log.file, line: value.position.line, start: start, steps: steps)
    }

    private static func time(_ value: YAMLValue) -> Timestamp? {
        guard let text = value.text() else { return nil }
        do throws(TimestampError) { return try Timestamp(rfc3339: text) } catch {
            value.report("\(value.name): \(error)")
            return nil
        }
    }

    private static let stepKeys = [
        "at", "after", "topic", "payload", "qos", "retain", "properties", "times", "every",
        "expect",
    ]

    private static func step(_ value: YAMLValue, after now: Duration) -> RuleTest.Step? {
        guard let map = value.mapping(keys: stepKeys) else { return nil }
        if map.contains("at") {
            map.refuse("after", "a step has one of 'at' and 'after'", hint: "remove one of them")
        }
        var step = RuleTest.Step(at: now)
        if let after = map["after"] { step.at = now + (duration(after) ?? .zero) }
        if let at = map["at"] {
            step.at = duration(at) ?? now
            if step.at < now { at.report("'at' is before the step above it") }
        }
        step.message = message(map)
        step.times = map["times"]?.integer(in: 1...Limits.ruleTestRepeatsMax) ?? 1
        step.interval = map["every"].map { duration($0) ?? .zero } ?? .zero
        if step.times > 1, !map.contains("every") {
            map.refuse("times", "'times' needs 'every'", hint: "for example: every: 1s")
        }
        if let expect = map["expect"] { step.expected = expected(expect) }
        return step
    }

    private static func duration(_ value: YAMLValue) -> Duration? {
        value.duration(in: .zero...Limits.ruleDurationMax)
    }

    private static func message(_ map: YAMLMapping) -> Message? {
        guard let topicValue = map["topic"] else {
            for key in ["payload", "qos", "retain", "properties", "times"] {
                map.refuse(key, "'\(key)' needs a 'topic'")
            }
            return nil
        }
        let qos = map["qos"]?.integer(in: 0...2) ?? 1
        guard let topic = topicValue.text() else { return nil }
        return Message(
            topic: topic, payload: map["payload"]?.bytes ?? [],
            qos: QoS(rawValue: UInt8(qos)) ?? .atLeastOnce,
            retain: map["retain"]?.flag() ?? false,
            properties: map["properties"].flatMap(properties))
    }

    /// User properties by name.
    private static func properties(_ value: YAMLValue) -> MessageProperties? {
        guard case .mapping(let entries) = value.node.content else {
            return value.mismatch("a mapping")
        }
        return MessageProperties(
            user: entries.map { entry in
                let text = YAMLValue(name: "'\(entry.key)'", node: entry.value, log: value.log)
                    .text()
                return .init(name: entry.key, value: text ?? "")
            })
    }

    private static func expected(_ value: YAMLValue) -> [RuleTest.Expected] {
        guard let map = value.mapping(keys: RuleTest.Kind.allCases.map(\.rawValue)) else {
            return []
        }
        return RuleTest.Kind.allCases.compactMap { kind in
            guard let place = map[kind.rawValue], let items = place.list() else { return nil }
            return RuleTest.Expected(
                kind: kind, place: place, items: items.compactMap { item($0, of: kind) })
        }
    }

    private static func item(_ value: YAMLValue, of kind: RuleTest.Kind) -> RuleTest.Item? {
        // A rejection can be told by its code alone.
        if kind == .rejections, case .scalar = value.node.content {
            return RuleTest.Item(place: value, members: [("code", value)])
        }
        guard let map = value.mapping(keys: kind.keys) else { return nil }
        return RuleTest.Item(
            place: value,
            members: map.pairs.map { (String($0.key.name.dropFirst().dropLast()), $0.value) })
    }
}

extension YAMLValue {
    /// As a message carries it: a text as it is written, a mapping or a list as JSON.
    var bytes: [UInt8] {
        if case .scalar(let text, _) = node.content { return Array(text.utf8) }
        return json.encoded()
    }

    /// The value as JSON: a plain scalar is what it looks like, a quoted one a text.
    var json: JSONValue { Self.json(of: node) }

    private static func json(of node: YAMLNode) -> JSONValue {
        switch node.content {
        case .scalar(_, .plain) where node.isNull: return .null
        case .scalar("true", .plain): return .bool(true)
        case .scalar("false", .plain): return .bool(false)
        case .scalar(let text, .plain):
            guard let value = try? JSONScanner.scan(Array(text.utf8)), case .number = value else {
                return .string(text)
            }
            return value
        case .scalar(let text, _): return .string(text)
        case .sequence(let nodes): return .array(nodes.map(json(of:)))
        case .mapping(let entries):
            return .object(
                JSONObject(entries.map { .init(name: $0.key, value: json(of: $0.value)) }))
        }
    }
}
