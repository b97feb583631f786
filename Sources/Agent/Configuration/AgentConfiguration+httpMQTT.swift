import Core
import Mind

extension AgentConfiguration.HTTP {
    /// The routes of the API by MQTT.
    public struct MQTT: Equatable, Sendable {
        /// Whether requests on `api/requests` are taken.
        public var isEnabled = true
        /// What a request without credentials may do, where the broker's access control decides who
        /// publishes one; nil: what anyone may.
        public var trust: Role?

        public init() {}

        mutating func read(_ value: YAMLValue?) {
            let map = value?.section(keys: ["enabled", "trust_broker_acl"])
            map?["enabled"]?.flag().map { isEnabled = $0 }
            map?["trust_broker_acl"]?.choice(Trust.self).map { trust = $0.role }
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
