import Core

/// A request to `conscience/evaluate`: bare or in an envelope, from MQTT 5 or 3.1.1 (topics.md).
struct Request: Sendable {
    /// The body, out of its envelope.
    var body: JSONValue
    var isWrapped: Bool
    /// Where the answer goes; nil for the default topic.
    var answerTopic: String?
    /// MQTT 5's, echoed as a property.
    var correlationData: [UInt8]?
    /// MQTT 3.1.1's, echoed in the answer's body or its envelope's metadata.
    var correlationID: JSONValue?

    init(_ document: JSONValue, properties: MessageProperties?) {
        answerTopic = properties?.responseTopic
        correlationData = properties?.correlationData
        guard case .object(let object) = document, let inner = Self.payload(of: object) else {
            body = document
            isWrapped = false
            if case .object(let object) = document { readReply(object) }
            return
        }
        body = inner
        isWrapped = true
        if case .object(let metadata)? = object["metadata"] { readReply(metadata) }
    }

    /// Where a request that could not be read is answered to.
    init(unreadableWith properties: MessageProperties?) {
        body = .null
        isWrapped = false
        answerTopic = properties?.responseTopic
        correlationData = properties?.correlationData
    }

    /// The node of the body in the document that the request was read from.
    func root(in document: JSONDocument) -> Int {
        guard isWrapped else { return 0 }
        return Array("payload".utf8).withUnsafeBytes { document.member($0) } ?? 0
    }

    /// Whose proposal it is: `entity`, else `user_id`, else nobody's.
    var entity: String {
        guard case .object(let object) = body else { return "" }
        for name in ["entity", "user_id"] {
            if case .string(let text)? = object[name],
                text.utf8.count <= Limits.entityNameBytesMax
            {
                return text
            }
        }
        return ""
    }

    private static func payload(of object: JSONObject) -> JSONValue? {
        let isEnvelope = ["message_id", "metadata", "timestamp"].contains { object[$0] != nil }
        guard isEnvelope, let payload = object["payload"], case .object = payload else {
            return nil
        }
        return payload
    }

    private mutating func readReply(_ object: JSONObject) {
        if answerTopic == nil, case .string(let topic)? = object["reply_to"] { answerTopic = topic }
        switch object["correlation_id"] {
        case .string?, .number?: correlationID = object["correlation_id"]
        case nil, .null?, .bool?, .array?, .object?: break
        }
    }
}
