/// How a request is to be answered: where, in which form, and by what its asker knows it.
public struct AnswerForm: Equatable, Sendable {
    public var topic: String
    /// In the envelope of topics.md.
    public var isWrapped: Bool
    public var correlationID: JSONValue?
    public var correlationData: [UInt8]?

    public init(
        topic: String, isWrapped: Bool = false, correlationID: JSONValue? = nil,
        correlationData: [UInt8]? = nil
    ) {
        self.topic = topic
        self.isWrapped = isWrapped
        self.correlationID = correlationID
        self.correlationData = correlationData
    }

    /// - Parameters:
    ///   - body: a JSON object.
    ///   - id: names the answer in its envelope.
    public func publication(_ body: [UInt8], id: String, at time: Timestamp) -> Publication {
        Publication(
            topic: topic, payload: isWrapped ? wrapped(body, id, time) : bare(body),
            properties: correlationData.map { MessageProperties(correlationData: $0) })
    }

    /// The body itself, with MQTT 3.1.1's `correlation_id` at its end.
    private func bare(_ body: [UInt8]) -> [UInt8] {
        guard let correlationID else { return body }
        var bytes = body.dropLast()
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes += Array("\"correlation_id\":".utf8) + correlationID.encoded()
        return Array(bytes) + [UInt8(ascii: "}")]
    }

    private func wrapped(_ body: [UInt8], _ id: String, _ time: Timestamp) -> [UInt8] {
        JSONWriter.object { json in
            json.member("message_id", id)
            json.member("timestamp", time)
            json.member("topic", topic)
            json.member("payload", raw: body)
            json.object("metadata") { metadata in
                if let correlationID { metadata.member("correlation_id", correlationID) }
            }
        }
    }
}
