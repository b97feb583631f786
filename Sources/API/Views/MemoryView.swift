import Core
import Proof
import Store

/// Memories, as they are answered.
enum MemoryView {
    /// What a query found: as many memories as an answer may have bytes.
    ///
    /// `memory/query` answers the same; each memory has more to say here.
    static func found(_ found: MemoryPage) -> [UInt8] {
        var memories: [[UInt8]] = []
        var bytes = 0
        for var stored in found.memories {
            stored.score = stored.score ?? 1
            let json = stored.json()
            bytes += json.count
            // One memory is always told: it has far fewer bytes.
            guard bytes <= Limits.apiListBytesMax || memories.isEmpty else { break }
            memories.append(json)
        }
        let page = memories.isEmpty ? found : found.prefix(memories.count)
        return JSONWriter.object(reservingBytes: bytes + 128) { json in
            json.array("memories") { list in for memory in memories { list.raw(memory) } }
            json.member("total", page.total)
            if page.isTotalCapped { json.member("total_capped", true) }
            json.member("next", ifPresent: page.next?.text)
        }
    }
}
