import Core

/// One event of the log as a JSON object.
///
/// ```
/// {"seq":1,"at":"2026-03-01T12:00:00.000123Z","topic":"a","qos":1,"retain":false,"payload":"1"}
/// {"seq":2,"at":"2026-03-01T12:00:01.000000Z","kind":"ruleset","digest":"sha256:…"}
/// {"seq":3,"at":"2026-03-01T12:00:02.000000Z","kind":"control","control":{"request":…}}
/// ```
enum EventLine {
    static func json(_ event: Event) -> [UInt8] {
        JSONWriter.object { json in
            json.member("seq", event.sequence)
            // The log tells microseconds apart.
            json.member("at", event.at.rfc3339(.microseconds))
            switch event.body {
            case .message(let message): write(message, to: &json)
            case .ruleset(let digest):
                json.member("kind", "ruleset")
                json.member("digest", digest)
            case .control(let request):
                json.member("kind", "control")
                json.member("control", raw: request.json)
            case .tick: json.member("kind", "tick")
            }
        }
    }

    private static func write(_ message: Message, to json: inout JSONWriter) {
        json.member("topic", message.topic)
        json.member("qos", Int(message.qos.rawValue))
        json.member("retain", message.retain)
        if let properties = message.properties, !properties.isEmpty {
            json.object("properties") { write(properties, to: &$0) }
        }
        if let text = String(validating: message.payload, as: UTF8.self) {
            json.member("payload", text)
        } else {
            json.member("payload_base64", Base64.encode(message.payload))
        }
    }

    private static func write(_ properties: MessageProperties, to json: inout JSONWriter) {
        json.member("response_topic", ifPresent: properties.responseTopic)
        let correlation = properties.correlationData.map(Base64.encode)
        json.member("correlation_data_base64", ifPresent: correlation)
        json.member("content_type", ifPresent: properties.contentType)
        if properties.user.isEmpty { return }
        // Names may repeat, and their order counts.
        json.array("user") { list in
            for property in properties.user {
                list.array {
                    $0.string(property.name)
                    $0.string(property.value)
                }
            }
        }
    }
}
