/// What can be asked of the agent by MQTT (topics.md).
public enum RequestKind: Sendable {
    case evaluate, memoryStore, memoryQuery
    /// To the routes of the HTTP API.
    case api
}

extension Mind.Settings {
    /// Where an answer goes when the request names no topic.
    public func defaultTopic(of kind: RequestKind) -> String {
        switch kind {
        case .evaluate: resultsTopic
        case .memoryStore: updatesTopic
        case .memoryQuery: "\(root)/memory/results"
        case .api: "\(root)/api/responses"
        }
    }
}
