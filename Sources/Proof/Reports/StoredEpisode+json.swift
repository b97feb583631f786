import Core
import Store

extension StoredEpisode {
    /// Everything about one episode but its messages, as a JSON object.
    public var json: [UInt8] { JSONWriter.object { write(to: &$0) } }

    /// With messages of it.
    /// - Parameters:
    ///   - messages: JSON each, as `EpisodeEvent` has it.
    ///   - next: the cursor of those that follow; nil where there are none.
    public func json(messages: [[UInt8]], next: String? = nil) -> [UInt8] {
        let bytes = messages.reduce(1 << 10) { $0 + $1.count + 1 }
        return JSONWriter.object(reservingBytes: bytes) { json in
            write(to: &json)
            json.array("messages") { list in for message in messages { list.raw(message) } }
            json.member("next", ifPresent: next)
        }
    }

    private func write(to json: inout JSONWriter) {
        json.member("id", id)
        json.member("entity", entity)
        json.member("severity", severity)
        json.member("opened_at", openedAt.rfc3339())
        json.member("ended_at", ifPresent: endedAt?.rfc3339())
        json.member("closed_at", ifPresent: closedAt?.rfc3339())
        json.member("run_up_from", runUpFrom.rfc3339())
        json.member("decision_id", decisionID)
        json.member("event_seq", eventSequence)
        json.member("triggers", .array(Self.elements(triggers)))
        json.member("further_triggers", furtherTriggers)
        json.member("changes", .array(Self.elements(changes)))
        if closedAt != nil { json.member("summary", summary) }
        json.member("messages_kept", events)
        json.member("messages_left_out", leftOut)
    }

    /// None where the bytes are damaged.
    private static func elements(_ json: [UInt8]) -> [JSONValue] {
        (try? JSONScanner.scan(json))?.array ?? []
    }
}

extension EpisodeEvent {
    /// A message that belongs to an episode.
    public var json: [UInt8] { JSONWriter.object { write(to: &$0) } }

    /// One that was kept with an episode, by itself.
    public func json(of episode: Int64) -> [UInt8] {
        JSONWriter.object { json in
            json.member("episode", episode)
            write(to: &json)
        }
    }

    private func write(to json: inout JSONWriter) {
        json.member("seq", sequence)
        // The log tells microseconds apart.
        json.member("at", at.rfc3339(.microseconds))
        json.member("topic", topic)
        if let text = String(validating: payload, as: UTF8.self) {
            json.member("payload", text)
        } else {
            json.member("payload_base64", Base64.encode(payload))
        }
    }
}
