import Core
import Store

/// Memories as they are told by MQTT (topics.md).
enum MemoryAnswer {
    /// A memory that was stored.
    static func stored(_ memory: Memory, id: MemoryID) -> [UInt8] {
        JSONWriter.object { write(memory, id: id, score: nil, to: &$0) }
    }

    /// What a query found: as many memories as the answer may have bytes.
    static func found(_ page: MemoryPage) -> [UInt8] {
        var memories: [[UInt8]] = []
        var bytes = 0
        for stored in page.memories {
            let json = JSONWriter.object {
                write(stored.memory, id: stored.id, score: stored.score ?? 1, to: &$0)
            }
            bytes += json.count
            // One memory is always told: it has far fewer bytes.
            guard bytes <= Limits.queryAnswerBytesMax || memories.isEmpty else { break }
            memories.append(json)
        }
        let page = memories.isEmpty ? page : page.prefix(memories.count)
        return JSONWriter.object { json in
            json.array("memories") { list in for memory in memories { list.raw(memory) } }
            json.member("total", page.total)
            if page.isTotalCapped { json.member("total_capped", true) }
            json.member("next", ifPresent: page.next?.text)
        }
    }

    private static func write(
        _ memory: Memory, id: MemoryID, score: Double?, to json: inout JSONWriter
    ) {
        json.member("id", id)
        json.member("layer", memory.layer.rawValue)
        json.member("content", memory.content)
        json.member("tags", memory.tags)
        if let score { json.member("score", score) }
        json.member("entity", memory.entity)
        json.member("created_at", memory.at)
        if !memory.author.isEmpty { json.member("user_id", memory.author) }
    }
}
