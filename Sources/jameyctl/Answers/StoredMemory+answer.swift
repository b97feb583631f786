import Core
import Store

extension StoredMemory {
    /// As the daemon tells it; nil of anything else.
    init?(_ json: JSONValue) {
        guard let id = json["id"]?.int, let content = json["content"]?.string,
            let layer = json["layer"]?.string.flatMap({ Memory.Layer(rawValue: $0) }),
            let at = json["created_at"]?.time, let sequence = json["event_seq"]?.int
        else { return nil }
        let memory = Memory(
            layer: layer, entity: json["entity"]?.string ?? "", at: at, content: content,
            tags: (json["tags"]?.array ?? []).compactMap(\.string),
            rule: json["rule"]?.string ?? "", decisionID: json["decision_id"]?.string ?? "",
            eventSequence: sequence, author: json["user_id"]?.string ?? "",
            importance: json["importance"]?.double ?? 0)
        self.init(
            id: id, memory: memory, isPinned: json["pinned"]?.bool == true,
            score: json["score"]?.double)
    }

    /// - Throws: where it is something else than a memory.
    static func answered(_ piece: JSONPiece) throws(Ending) -> StoredMemory {
        guard let memory = piece.value.flatMap({ StoredMemory($0) }) else {
            throw DaemonAnswer.foreign
        }
        return memory
    }
}
