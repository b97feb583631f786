import Core
import Store

/// One episode, as a line for a person, as several, or as a JSON object.
///
/// ```
///     12 03-01 12:00:00 press-7    critical  2m10s: overheat for 2m10s (at 93.1). temp 71 → 93.1
///     13 03-01 12:20:00 press-9    warning   open since then: shaking (at 8.2)
/// ```
enum EpisodeLine {
    private static let idColumns = 6
    private static let entityColumns = 10
    private static let severityColumns = 8

    /// - Parameter columns: The width of the terminal; nil writes everything out.
    static func text(_ episode: StoredEpisode, columns: Int? = nil) -> String {
        let namesMax = columns.map { max(entityColumns, $0 / 5) } ?? .max
        let id = String(episode.id)
        let line = [
            String(repeating: " ", count: max(0, idColumns - id.count)) + id,
            dayAndTime(episode.openedAt),
            episode.entity.printable.cut(to: namesMax).padded(to: entityColumns),
            episode.severity.printable.padded(to: severityColumns),
            what(episode).printable,
        ].joined(separator: " ")
        return line.cut(to: columns ?? .max)
    }

    private static func what(_ episode: StoredEpisode) -> String {
        guard episode.closedAt == nil else { return episode.summary }
        let first = triggers(of: episode).first
        let name = first?["name"]?.string ?? "?"
        let message = first?["message"]?.string ?? ""
        return "open since then: \(name)" + (message.isEmpty ? "" : " (\(message))")
    }

    /// Everything about one but its messages, a line for each thing.
    static func details(_ episode: StoredEpisode) -> [String] {
        var lines = [
            ("episode", String(episode.id)), ("entity", episode.entity),
            ("severity", episode.severity), ("opened", episode.openedAt.rfc3339()),
        ]
        if let endedAt = episode.endedAt { lines.append(("ended", endedAt.rfc3339())) }
        lines.append(("closed", episode.closedAt?.rfc3339() ?? "it is open"))
        lines.append(("decision", episode.decisionID))
        for trigger in triggers(of: episode) { lines.append(("trigger", text(trigger))) }
        if episode.furtherTriggers > 0 {
            lines.append(("", "and \(episode.furtherTriggers) more"))
        }
        for change in elements(episode.changes) {
            guard let field = change["field"]?.string else { continue }
            let before = change["before"].map(number) ?? "?"
            let after = change["after"].map { " → \(number($0))" } ?? ""
            lines.append(("field", "\(field) \(before)\(after)"))
        }
        if episode.leftOut > 0 {
            lines.append(("left out", "\(episode.leftOut) messages, beyond what is kept"))
        }
        return lines.map { $0.0.padded(to: 11) + $0.1.printable }
    }

    private static func text(_ trigger: JSONValue) -> String {
        let count = trigger["count"]?.int ?? 1
        return [
            trigger["since"]?.string ?? "?", trigger["kind"]?.string ?? "?",
            trigger["name"]?.string ?? "?", count > 1 ? "\(count) times" : nil,
            trigger["until"]?.string.map { "until \($0)" },
            trigger["message"]?.string.map { $0.isEmpty ? "" : "(\($0))" },
        ].compactMap { $0 }.joined(separator: " ")
    }

    private static func number(_ value: JSONValue) -> String {
        let exact = value.double.map { JSONValue.number(JSONNumber($0)) } ?? value
        return String(decoding: exact.encoded(), as: UTF8.self)
    }

    /// `  -12.000s plant/a/press-7/telemetry {"temp":71}`: by the time to its opening.
    static func text(
        _ event: EpisodeEvent, of episode: StoredEpisode, columns: Int? = nil
    ) -> String {
        let milliseconds = (event.at - episode.openedAt).microseconds / 1_000
        let sign = milliseconds < 0 ? "-" : "+"
        let fraction = String(milliseconds.magnitude % 1_000)
        let zeros = String(repeating: "0", count: 3 - fraction.count)
        let offset = "\(sign)\(milliseconds.magnitude / 1_000).\(zeros)\(fraction)s"
        let payload = String(decoding: event.payload.prefix(1_000), as: UTF8.self)
        let padding = String(repeating: " ", count: max(0, 11 - offset.count))
        return "\(padding)\(offset) \(event.topic) \(payload)".printable.cut(to: columns ?? .max)
    }

    static func json(_ episode: StoredEpisode, _ events: [EpisodeEvent]? = nil) -> [UInt8] {
        JSONWriter.object { json in
            json.member("id", episode.id)
            json.member("entity", episode.entity)
            json.member("severity", episode.severity)
            json.member("opened_at", episode.openedAt.rfc3339())
            json.member("ended_at", ifPresent: episode.endedAt?.rfc3339())
            json.member("closed_at", ifPresent: episode.closedAt?.rfc3339())
            json.member("run_up_from", episode.runUpFrom.rfc3339())
            json.member("decision_id", episode.decisionID)
            json.member("event_seq", episode.eventSequence)
            json.member("triggers", .array(triggers(of: episode)))
            json.member("further_triggers", episode.furtherTriggers)
            json.member("changes", .array(elements(episode.changes)))
            if episode.closedAt != nil { json.member("summary", episode.summary) }
            json.member("messages_kept", episode.events)
            json.member("messages_left_out", episode.leftOut)
            guard let events else { return }
            json.array("messages") { list in
                for event in events { list.object { write(event, to: &$0) } }
            }
        }
    }

    /// A message that was kept with an episode, by itself.
    static func json(_ event: EpisodeEvent, of episode: Int64) -> [UInt8] {
        JSONWriter.object { json in
            json.member("episode", episode)
            write(event, to: &json)
        }
    }

    private static func write(_ event: EpisodeEvent, to json: inout JSONWriter) {
        json.member("seq", event.sequence)
        json.member("at", event.at.rfc3339(.microseconds))
        json.member("topic", event.topic)
        if let text = String(validating: event.payload, as: UTF8.self) {
            json.member("payload", text)
        } else {
            json.member("payload_base64", Base64.encode(event.payload))
        }
    }

    private static func triggers(of episode: StoredEpisode) -> [JSONValue] {
        elements(episode.triggers)
    }

    /// None where the bytes are damaged.
    private static func elements(_ json: [UInt8]) -> [JSONValue] {
        (try? JSONScanner.scan(json))?.array ?? []
    }

    /// `03-01 12:00:00`
    private static func dayAndTime(_ at: Timestamp) -> String {
        let text = at.rfc3339()
        return text.dropFirst(5).prefix(5) + " " + text.dropFirst(11).prefix(8)
    }
}
