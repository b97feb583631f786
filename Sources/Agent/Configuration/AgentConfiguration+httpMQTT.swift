import Core
import Mind

extension AgentConfiguration.HTTP {
    /// The routes of the API by MQTT.
    public struct MQTT: Equatable, Sendable {
        /// Whether requests are taken.
        public var isEnabled = true
        /// Where they are, and what they may do there: 1...`Limits.mqttRequestTopicsMax` topics
        /// with different names.
        public var topics = [RequestTopic.standard()]

        public init() {}

        /// - Parameter root: before each of the topics.
        mutating func read(_ value: YAMLValue?, root: String) {
            let map = value?.section(keys: ["enabled", "trust_broker_acl", "requests"])
            guard let map else { return }
            map["enabled"]?.flag().map { isEnabled = $0 }
            let trust = map["trust_broker_acl"]?.choice(Trust.self)?.role
            topics = [.standard(trust: trust)]
            guard let list = map["requests"] else { return }
            if trust != nil {
                map.refuse(
                    "trust_broker_acl",
                    "'trust_broker_acl' is for api/requests where there is no 'requests'",
                    hint: "remove it; an entry of 'requests' says token: none instead")
            }
            if let found = list.requestTopics(root: root) { topics = found }
        }
    }

    private enum Trust: String, CaseIterable {
        case none, viewer
        case `operator`
        case admin

        var role: Role? {
            switch self {
            case .none: nil
            case .viewer: .viewer
            case .operator: .operator
            case .admin: .admin
            }
        }
    }
}

/// Whether a request has to show a key or a token to be somebody's.
private enum TokenNeed: String, CaseIterable {
    case required, none
}

extension YAMLValue {
    fileprivate func requestTopics(root: String) -> [RequestTopic]? {
        guard let values = list() else { return nil }
        guard !values.isEmpty else {
            report(
                "\(name) names no topic, so that nobody could ask",
                hint: "write enabled: false where nobody is to ask by MQTT")
            return nil
        }
        guard values.count <= Limits.mqttRequestTopicsMax else {
            report("\(name) has at most \(Limits.mqttRequestTopicsMax) topics")
            return nil
        }
        var topics: [RequestTopic] = []
        for value in values {
            guard let topic = value.requestTopic(root: root) else { continue }
            if topics.contains(where: { $0.name == topic.name }) {
                value.report("\(name) has '\(topic.name)' twice")
            } else {
                topics.append(topic)
            }
        }
        return topics
    }

    private func requestTopic(root: String) -> RequestTopic? {
        guard let map = mapping(keys: ["topic", "role", "token"]) else { return nil }
        let name = map.required("topic", hint: "for example topic: api/viewers")?
            .requestTopicName(root: root)
        let role = map.required(
            "role", hint: "the most that a request there may do: viewer, operator or admin")?
            .choice(Role.self)
        var need: TokenNeed? = TokenNeed.required
        if let value = map["token"] { need = value.choice(TokenNeed.self) }
        guard let name, let role, let need else { return nil }
        switch need {
        case .required: return RequestTopic(name, role: role)
        case .none: return RequestTopic(name, role: role, trust: role)
        }
    }

    private func requestTopicName(root: String) -> String? {
        guard let text = text() else { return nil }
        if let objection = RequestTopic.objection(to: text, root: root) {
            report("\(name) \(objection)", hint: "for example topic: api/viewers")
            return nil
        }
        return text
    }
}
