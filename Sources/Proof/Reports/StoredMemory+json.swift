import Core
import Store

extension StoredMemory {
    /// Everything about one memory as a JSON object.
    /// - Parameter links: the further entities that it is about.
    public func json(links: [String] = []) -> [UInt8] {
        JSONWriter.object { json in
            json.member("id", id)
            json.member("layer", memory.layer.rawValue)
            json.member("entity", memory.entity)
            json.member("content", memory.content)
            json.member("tags", memory.tags)
            if let score { json.member("score", score) }
            json.member("created_at", memory.at)
            if !memory.rule.isEmpty { json.member("rule", memory.rule) }
            if !memory.decisionID.isEmpty { json.member("decision_id", memory.decisionID) }
            if !memory.author.isEmpty { json.member("user_id", memory.author) }
            json.member("event_seq", memory.eventSequence)
            json.member("importance", memory.importance)
            json.member("pinned", isPinned)
            if !links.isEmpty { json.member("linked_to", links) }
        }
    }
}
