import Core

extension JSONValue {
    /// Of a time of RFC 3339 in UTC: `2026-03-01 12:00:00`; nil of anything else.
    var dayAndTime: String? {
        guard let text = string, (try? Timestamp(rfc3339: text)) != nil else { return nil }
        return "\(text.prefix(10)) \(text.dropFirst(11).prefix(8))"
    }

    /// Of RFC 3339; nil of anything else.
    var time: Timestamp? { string.flatMap { try? Timestamp(rfc3339: $0) } }

    /// For a person: a text without its quotes, everything else as JSON.
    var shown: String { string ?? String(decoding: encoded(), as: UTF8.self) }
}
