/// A request by MQTT: bare or in an envelope, from MQTT 5 or 3.1.1 (topics.md).
public struct Request: Sendable {
    /// The body, out of its envelope.
    public var body: JSONValue
    public var isWrapped: Bool
    /// Where the answer goes; nil for the default topic.
    public var answerTopic: String?
    /// MQTT 5's, echoed as a property.
    public var correlationData: [UInt8]?
    /// MQTT 3.1.1's, echoed in the answer's body or its envelope's metadata.
    public var correlationID: JSONValue?

    public init(_ document: JSONValue, properties: MessageProperties?) {
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
        if case .object(let members) = inner { readReply(members) }
    }

    /// Where a request that could not be read is answered to.
    public init(unreadableWith properties: MessageProperties?) {
        body = .null
        isWrapped = false
        answerTopic = properties?.responseTopic
        correlationData = properties?.correlationData
    }

    /// Of what was read, or of what could not be.
    public init(_ document: Result<JSONDocument, JSONError>, properties: MessageProperties?) {
        switch document {
        case .success(let document): self.init(document.value, properties: properties)
        case .failure: self.init(unreadableWith: properties)
        }
    }

    /// How it is answered.
    public func form(defaultTopic: String) -> AnswerForm {
        AnswerForm(
            topic: answerTopic ?? defaultTopic, isWrapped: isWrapped,
            correlationID: correlationID, correlationData: correlationData)
    }

    /// The node of the body in the document that the request was read from.
    public func root(in document: JSONDocument) -> Int {
        guard isWrapped else { return 0 }
        return Array("payload".utf8).withUnsafeBytes { document.member($0) } ?? 0
    }

    /// Whose proposal it is: `entity`, else `user_id`, else nobody's.
    public var entity: String {
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

    /// Takes what is not known yet: MQTT 5's properties come first, then an envelope's metadata.
    private mutating func readReply(_ object: JSONObject) {
        if answerTopic == nil, case .string(let topic)? = object["reply_to"] { answerTopic = topic }
        guard correlationID == nil else { return }
        switch object["correlation_id"] {
        case .string?, .number?: correlationID = object["correlation_id"]
        case nil, .null?, .bool?, .array?, .object?: break
        }
    }
}
