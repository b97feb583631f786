import Core

/// One episode, as a line for a person, or as several. It is drawn from the JSON, so that the
/// daemon's is shown as that of a store.
///
/// ```
///     12 03-01 12:00:00 press-7    critical  2m10s: overheat for 2m10s (at 93.1). temp 71 → 93.1
///     13 03-01 12:20:00 press-9    warning   open since then: shaking (at 8.2)
/// ```
enum EpisodeLine {
    private static let idColumns = 6
    private static let entityColumns = 10
    private static let severityColumns = 8
    /// Of a message.
    private static let payloadBytesShown = 1_000

    /// - Parameter columns: The width of the terminal; nil writes everything out.
    static func text(_ episode: JSONValue, columns: Int? = nil) -> String {
        let namesMax = columns.map { max(entityColumns, $0 / 5) } ?? .max
        let id = "\(episode["id"]?.int ?? 0)"
        let line = [
            String(repeating: " ", count: max(0, idColumns - id.count)) + id,
            dayAndTime(text("opened_at", of: episode)),
            text("entity", of: episode).printable.fitted(to: namesMax).padded(to: entityColumns),
            text("severity", of: episode).printable.padded(to: severityColumns),
            what(episode).printable,
        ].joined(separator: " ")
        return line.fitted(to: columns ?? .max)
    }

    private static func what(_ episode: JSONValue) -> String {
        guard episode["closed_at"] == nil else { return text("summary", of: episode) }
        let first = episode["triggers"]?.array?.first
        let name = first?["name"]?.string ?? "?"
        let message = first?["message"]?.string ?? ""
        return "open since then: \(name)" + (message.isEmpty ? "" : " (\(message))")
    }

    /// Everything about one but its messages, a line for each thing.
    static func details(_ episode: JSONValue) -> [String] {
        var lines = [
            ("episode", "\(episode["id"]?.int ?? 0)"), ("entity", text("entity", of: episode)),
            ("severity", text("severity", of: episode)),
            ("opened", text("opened_at", of: episode)),
        ]
        if let ended = episode["ended_at"]?.string { lines.append(("ended", ended)) }
        lines.append(("closed", episode["closed_at"]?.string ?? "it is open"))
        lines.append(("decision", text("decision_id", of: episode)))
        for trigger in episode["triggers"]?.array ?? [] {
            lines.append(("trigger", text(ofTrigger: trigger)))
        }
        if let further = episode["further_triggers"]?.int, further > 0 {
            lines.append(("", "and \(further) more"))
        }
        for change in episode["changes"]?.array ?? [] {
            guard let field = change["field"]?.string else { continue }
            let before = change["before"].map(number) ?? "?"
            let after = change["after"].map { " → \(number($0))" } ?? ""
            lines.append(("field", "\(field) \(before)\(after)"))
        }
        if let leftOut = episode["messages_left_out"]?.int, leftOut > 0 {
            lines.append(("left out", "\(leftOut) messages, beyond what is kept"))
        }
        return lines.map { $0.0.padded(to: 11) + $0.1.printable }
    }

    private static func text(ofTrigger trigger: JSONValue) -> String {
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
        ofMessage message: JSONValue, of episode: JSONValue, columns: Int? = nil
    ) -> String {
        let payload = payload(of: message).prefix(payloadBytesShown)
        let offset = offset(of: message, in: episode)
        let padding = String(repeating: " ", count: max(0, 11 - offset.count))
        let line = "\(padding)\(offset) \(text("topic", of: message)) "
        return (line + String(decoding: payload, as: UTF8.self)).printable
            .fitted(to: columns ?? .max)
    }

    /// `-12.000s`
    private static func offset(of message: JSONValue, in episode: JSONValue) -> String {
        guard let at = message["at"]?.time, let openedAt = episode["opened_at"]?.time else {
            return "?"
        }
        let milliseconds = (at - openedAt).microseconds / 1_000
        let sign = milliseconds < 0 ? "-" : "+"
        let fraction = String(milliseconds.magnitude % 1_000)
        let zeros = String(repeating: "0", count: 3 - fraction.count)
        return "\(sign)\(milliseconds.magnitude / 1_000).\(zeros)\(fraction)s"
    }

    private static func payload(of message: JSONValue) -> [UInt8] {
        if let text = message["payload"]?.string { return Array(text.utf8) }
        return message["payload_base64"]?.string.flatMap(Base64.decode) ?? []
    }

    private static func text(_ name: String, of json: JSONValue) -> String {
        json[name]?.string ?? ""
    }

    /// `03-01 12:00:00`
    private static func dayAndTime(_ text: String) -> String {
        text.dropFirst(5).prefix(5) + " " + text.dropFirst(11).prefix(8)
    }
}
