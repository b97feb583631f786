import Core

/// A route as read from its file; what it is among the others is not known yet.
struct RouteDraft {
    var name: String
    /// Where errors about the name are told.
    var nameValue: YAMLValue
    /// nil where an error was recorded.
    var route: Route?
    /// A guard's own texts, for what must hold between guards.
    var guardTopics: GuardTopics?

    struct GuardTopics {
        var propose: TopicPattern
        /// `approved` and `denied`.
        var sends: [(value: YAMLValue, topic: TopicTemplate)]
    }
}

/// Reads one entry of `routes:`.
enum RouteReader {
    /// The name of the route that every rule set has.
    static let evaluateName = "evaluate"

    private static let keys = [
        "name", "topic", "guard", "entity", "record", "threshold", "default", "rollups",
    ]

    /// - Returns: nil where it has no name; every other fault leaves a draft without a route.
    static func read(_ value: YAMLValue) -> RouteDraft? {
        guard let map = value.mapping(keys: keys) else { return nil }
        guard let nameValue = map.required("name"),
            let name = nameValue.name(forbidding: "")
        else {
            _ = read(map, name: "")
            return nil
        }
        var draft = RouteDraft(name: name, nameValue: nameValue)
        guard let (route, topics) = read(map, name: name) else { return draft }
        draft.route = route
        draft.guardTopics = topics
        return draft
    }

    private typealias Parts = (route: Route, topics: RouteDraft.GuardTopics?)

    private static func read(_ map: YAMLMapping, name: String) -> Parts? {
        let before = map.log.errors.count
        let kind = kind(map, name: name)
        let entity = kind.flatMap { self.entity(map, of: $0.kind) }
        let record = map["record"].map { $0.recordPolicy() } ?? .all
        let threshold = map["threshold"].map { $0.number(in: -1...1) } ?? 0
        let fallback = map["default"].map { $0.choice(DefaultVerdict.self) }
        if case .telemetry = kind?.kind {
            let hint = "remove it: only proposals have a verdict"
            map.refuse("threshold", "'threshold' means nothing on a telemetry route", hint: hint)
            map.refuse("default", "'default' means nothing on a telemetry route", hint: hint)
        }
        let makesRollUps = makesRollUps(map, of: kind?.kind, record)
        guard map.log.errors.count == before, let kind, let record, let threshold else {
            return nil
        }
        let isEvaluate = name == evaluateName
        let verdict = (fallback ?? nil) ?? (isEvaluate ? .approve : .deny)
        let route = Route(
            name: name, kind: kind.kind, entity: entity, record: record, threshold: threshold,
            isApprovedByDefault: verdict == .approve, rules: [], makesRollUps: makesRollUps)
        return (route, kind.topics)
    }

    private static func makesRollUps(
        _ map: YAMLMapping, of kind: Route.Kind?, _ record: Route.Record?
    ) -> Bool {
        guard let value = map["rollups"] else { return true }
        guard case .telemetry? = kind else {
            map.refuse(
                "rollups", "'rollups' means nothing on this route",
                hint: "remove it: only telemetry is rolled up")
            return true
        }
        let isWanted = value.flag() ?? true
        if isWanted, record == Route.Record.none {
            value.report(
                "what is not recorded cannot be rolled up",
                hint: "remove 'record: none', or 'rollups'")
        }
        return isWanted
    }

    private enum DefaultVerdict: String, CaseIterable { case approve, deny }

    private typealias Source = (kind: Route.Kind, topics: RouteDraft.GuardTopics?)

    private static func kind(_ map: YAMLMapping, name: String) -> Source? {
        if name == evaluateName {
            let hint = "'evaluate' is the built-in route of requests; choose another name"
            for key in ["topic", "guard", "entity"] {
                map.refuse(key, "the route 'evaluate' has no '\(key)'", hint: hint)
            }
            return (.evaluate, nil)
        }
        switch (map["topic"], map["guard"]) {
        case (let topic?, nil):
            return topic.pattern().map { (.telemetry(topic: $0), nil) }
        case (nil, let value?):
            return guarded(value)
        case (_?, _?):
            map.refuse("guard", "a route has either 'topic' or 'guard', not both")
            return nil
        case (nil, nil):
            log(missingSourceOf: map)
            return nil
        }
    }

    private static func log(missingSourceOf map: YAMLMapping) {
        map.log.report(
            "a route needs 'topic' or 'guard'",
            hint: "'topic' for telemetry, 'guard' for commands that are proposed",
            at: map.position)
    }

    private static func guarded(_ value: YAMLValue) -> Source? {
        guard let map = value.mapping(keys: ["propose", "approved", "denied"]) else { return nil }
        let proposeValue = map.required("propose")
        let approvedValue = map.required("approved")
        let deniedValue = map.required("denied")
        let propose = proposeValue?.pattern()
        let approved = approvedValue?.template(as: .topic)
        let denied = deniedValue?.template(as: .topic)
        if let propose {
            if let approved { approvedValue?.checkCaptures(of: approved, in: propose) }
            if let denied { deniedValue?.checkCaptures(of: denied, in: propose) }
        }
        guard let propose, let approved, let denied, let approvedValue, let deniedValue else {
            return nil
        }
        return (
            .guarded(propose: propose, approved: approved, denied: denied),
            RouteDraft.GuardTopics(
                propose: propose, sends: [(approvedValue, approved), (deniedValue, denied)])
        )
    }

    /// The template given, else the capture named `device`, else the only one, else the topic.
    private static func entity(_ map: YAMLMapping, of kind: Route.Kind) -> TopicTemplate? {
        guard let pattern = kind.pattern else { return nil }
        if let value = map["entity"] {
            guard let template = value.template(as: .text) else { return nil }
            value.checkCaptures(of: template, in: pattern)
            return template
        }
        if let template = pattern.onlyEntity { return template }
        if !pattern.captureNames.isEmpty {
            let names = pattern.captureNames.map { "{\($0)}" }
            map.log.report(
                "missing key 'entity': the topic has \(names.count) captures",
                hint: "choose from \(names.joined(separator: ", ")), "
                    + "for example entity: \"\(names.last ?? "")\"",
                at: map.position)
        }
        return nil
    }
}

extension Route.Kind {
    /// What its messages come from; nil for `evaluate`, which has no topic of the operator's.
    var pattern: TopicPattern? {
        switch self {
        case .telemetry(let topic): topic
        case .guarded(let propose, _, _): propose
        case .evaluate: nil
        }
    }
}

extension TopicPattern {
    /// The entity where nobody names one: `{device}`, or the only capture.
    var onlyEntity: TopicTemplate? {
        let name = captureNames.contains("device") ? "device" : captureNames.first
        guard let name, captureNames.count == 1 || name == "device" else { return nil }
        return try? TopicTemplate("{\(name)}", as: .text)
    }

    /// The capture of several levels, `{name...}`, which can only be the last.
    var restName: String? {
        text.utf8.suffix(4).elementsEqual("...}".utf8) ? captureNames.last : nil
    }
}
