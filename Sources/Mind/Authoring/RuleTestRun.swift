import Core

/// Plays a test against rules, as the agent would hear it: with a tick whenever a timer falls due.
public struct RuleTestRun {
    private static let root = "jamey/test"

    private var mind = Mind(settings: .init(root: root, logID: "test"))
    private var now: Timestamp
    private var found = Outcome()
    private var failures: [SourceError] = []

    /// - Returns: What is otherwise than expected, each at its place in the file; none where all
    ///   is as it should be.
    public static func failures(of test: RuleTest, under ruleset: RuleSet) -> [SourceError] {
        var run = RuleTestRun(now: test.start)
        let event = Event(sequence: 1, at: test.start, body: .ruleset(digest: ruleset.digest))
        _ = run.mind.activate(ruleset, by: event)
        for step in test.steps { run.play(step, since: test.start) }
        return run.failures
    }

    private init(now: Timestamp) { self.now = now }

    private mutating func play(_ step: RuleTest.Step, since start: Timestamp) {
        found = Outcome()
        for number in 0..<step.times {
            pass(until: start + step.at + step.interval * number)
            if let message = step.message { take(.message(message)) }
        }
        for expected in step.expected { compare(expected) }
    }

    private mutating func pass(until time: Timestamp) {
        while let due = mind.nextTimer, due <= time {
            now = max(now, due)
            take(.tick)
        }
        now = time
    }

    private mutating func take(_ body: Event.Body) {
        let outcome = mind.perceive(Event(sequence: mind.sequence + 1, at: now, body: body))
        found.decisions += outcome.decisions
        found.publications += outcome.publications
        found.memories += outcome.memories.filter { !$0.isSummary }
        found.souls += outcome.souls
        found.rejections += outcome.rejections
    }

    // MARK: Comparing

    private mutating func compare(_ expected: RuleTest.Expected) {
        let found = found.items(of: expected.kind, root: Self.root)
        guard found.count == expected.items.count else {
            let list = found.map { JSONValue.object($0.only(expected.kind.keys)).text }
            fail(
                "\(expected.kind.rawValue): \(expected.items.count) expected, \(found.count) found"
                    + (list.isEmpty ? "" : ": " + list.joined(separator: ", ")), at: expected.place)
            return
        }
        for (item, object) in zip(expected.items, found) {
            for (name, value) in item.members where !Self.isFound(name, value, in: object) {
                let text = object[name]?.text ?? "none"
                fail("\(name): expected \(value.json.text), found \(text)", at: value)
            }
        }
    }

    private mutating func fail(_ message: String, at value: YAMLValue) {
        failures.append(
            SourceError(
                file: value.log.file, position: value.position, message: message,
                sourceLine: value.log.line(value.position.line).map { String($0) }))
    }

    private static func isFound(
        _ name: String, _ value: YAMLValue, in object: JSONObject
    ) -> Bool {
        guard let found = object[name] else { return value.json == .null }
        if case .scalar(let text, _) = value.node.content {
            if case .string(let whole) = found {
                // What rules say in sentences need not be written out whole.
                return name == "explanation" ? whole.contains(text) : whole == text
            }
            if let written = try? JSONScanner.scan(Array(text.utf8)), written.isSame(as: found) {
                return true
            }
        }
        return value.json.isSame(as: found)
    }
}

extension Outcome {
    /// What there is of a kind, as tests tell it.
    fileprivate func items(of kind: RuleTest.Kind, root: String) -> [JSONObject] {
        switch kind {
        case .verdicts: decisions.filter { $0.kind == .verdict }.map(\.verdictItem)
        case .alerts: decisions.filter { $0.kind == .alert }.map(\.document)
        case .messages:
            publications.filter { !$0.topic.hasPrefix(root + "/") }.map(\.item)
        case .memories:
            memories.map {
                JSONObject([
                    .init(name: "layer", value: .string($0.layer.rawValue)),
                    .init(name: "entity", value: .string($0.entity)),
                    .init(name: "content", value: .string($0.content)),
                    .init(name: "tags", value: .array($0.tags.map(JSONValue.string))),
                    .init(name: "rule", value: .string($0.rule)),
                ])
            }
        case .feelings:
            evidence.compactMap(\.item)
        case .rejections:
            rejections.map {
                JSONObject([
                    .init(name: "code", value: .string($0.code)),
                    .init(name: "message", value: .string($0.message)),
                ])
            }
        }
    }
}

extension Evidence {
    fileprivate var item: JSONObject? {
        guard case .emotion(let emotion) = kind else { return nil }
        return JSONObject([
            .init(name: "entity", value: .string(entity)),
            .init(name: "emotion", value: .string(emotion.rawValue)),
            .init(name: "rule", value: .string(origin)),
            .init(name: "weight", value: .number(JSONNumber(Soul.pieces(weight)))),
            .init(name: "source", value: .string(source.rawValue)),
        ])
    }
}

extension Decision {
    fileprivate var document: JSONObject {
        (try? JSONScanner.scan(json))?.object ?? JSONObject()
    }

    /// With the rules and errors by name only.
    fileprivate var verdictItem: JSONObject {
        var object = document
        let codes = (object["errors"]?.array ?? []).compactMap { $0["code"] }
        object.members.removeAll { $0.name == "errors" }
        object.members.append(.init(name: "errors", value: .array(codes)))
        object.members.append(.init(name: "by", value: object["applied_rules"] ?? .array([])))
        return object
    }
}

extension Publication {
    fileprivate var item: JSONObject {
        let text = JSONValue.string(String(decoding: payload, as: UTF8.self))
        return JSONObject([
            .init(name: "topic", value: .string(topic)),
            .init(name: "payload", value: (try? JSONScanner.scan(payload)) ?? text),
            .init(name: "qos", value: .number(.int(Int64(qos.rawValue)))),
            .init(name: "retain", value: .bool(retain)),
        ])
    }
}

extension JSONObject {
    /// The members of these names, in their order.
    fileprivate func only(_ names: [String]) -> JSONObject {
        JSONObject(names.compactMap { name in self[name].map { .init(name: name, value: $0) } })
    }
}

extension JSONValue {
    fileprivate var text: String { String(decoding: encoded(), as: UTF8.self) }

    /// Equality in which the order of members does not count.
    func isSame(as other: JSONValue) -> Bool {
        switch (self, other) {
        case (.object(let a), .object(let b)):
            return a.members.count == b.members.count
                && a.members.allSatisfy { member in
                    b[member.name].map { member.value.isSame(as: $0) } ?? false
                }
        case (.array(let a), .array(let b)):
            return a.count == b.count && zip(a, b).allSatisfy { $0.isSame(as: $1) }
        case (.null, _), (.bool, _), (.number, _), (.string, _), (.array, _), (.object, _):
            return self == other
        }
    }
}
