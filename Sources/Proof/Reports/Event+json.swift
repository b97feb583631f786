import Core

extension Event {
    /// One event of the log as a JSON object.
    ///
    /// ```
    /// {"seq":1,"at":"2026-03-01T12:00:00.000123Z","topic":"a","qos":1,"retain":false,"payload":""}
    /// {"seq":2,"at":"2026-03-01T12:00:01.000000Z","kind":"ruleset","digest":"sha256:…"}
    /// {"seq":3,"at":"2026-03-01T12:00:02.000000Z","kind":"control","control":{"request":…}}
    /// ```
    public var json: [UInt8] {
        JSONWriter.object { json in
            json.member("seq", sequence)
            // The log tells microseconds apart.
            json.member("at", at.rfc3339(.microseconds))
            switch body {
            case .message(let message): message.write(to: &json)
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
}

extension Message {
    fileprivate func write(to json: inout JSONWriter) {
        json.member("topic", topic)
        json.member("qos", Int(qos.rawValue))
        json.member("retain", retain)
        if let properties, !properties.isEmpty {
            json.object("properties") { properties.write(to: &$0) }
        }
        if let text = String(validating: payload, as: UTF8.self) {
            json.member("payload", text)
        } else {
            json.member("payload_base64", Base64.encode(payload))
        }
    }
}

extension MessageProperties {
    fileprivate func write(to json: inout JSONWriter) {
        json.member("response_topic", ifPresent: responseTopic)
        json.member("correlation_data_base64", ifPresent: correlationData.map(Base64.encode))
        json.member("content_type", ifPresent: contentType)
        if user.isEmpty { return }
        // Names may repeat, and their order counts.
        json.array("user") { list in
            for property in user {
                list.array {
                    $0.string(property.name)
                    $0.string(property.value)
                }
            }
        }
    }
}
