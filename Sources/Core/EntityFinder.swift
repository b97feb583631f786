/// Says which messages of a log are about one entity.
public protocol EntityFinder {
    /// What a topic alone says.
    func trace(in topic: String) -> TopicTrace
    /// Whether a request names the entity as what it is about. Asked where the topic says
    /// `.inPayload`.
    func isAbout(request payload: [UInt8], on topic: String) -> Bool
}

/// Whether messages on a topic are about an entity.
public enum TopicTrace: Sendable {
    case none
    case about
    /// Requests, each of which says itself what it is about.
    case inPayload
}

/// How an entity's name can stand in a file: what a search for it has to look for.
public struct EntityForms: Equatable, Sendable {
    /// Each once: as it is, as one level of a topic, in a JSON text, and in hexadecimal, which is
    /// how the full-text index has it.
    public let all: [[UInt8]]

    public init(_ name: String) {
        var json = JSONWriter()
        json.string(name)
        var all: [[UInt8]] = []
        let hexadecimal = "e" + Hexadecimal.text(of: name.utf8)
        for form in [
            Array(name.utf8), Array(name.asTopicLevel.utf8),
            Array(json.bytes.dropFirst().dropLast()),
            Array(hexadecimal.utf8),
        ] where !all.contains(form) {
            all.append(form)
        }
        self.all = all
    }
}
