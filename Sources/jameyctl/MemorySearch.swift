import Core
import Store

/// Looks for memories where they are asked for.
struct MemorySearch {
    let query: MemoryQuery

    func found(at place: Place) throws(Ending) -> MemoryPage {
        switch place {
        case .file(let store):
            let reader = try store.open()
            do throws(ReadError) { return try reader.search(query) } catch { throw Ending(error) }
        case .daemon(let daemon): return try found(by: daemon)
        }
    }

    private func found(by daemon: DaemonClient) throws(Ending) -> MemoryPage {
        let list = try daemon.list(
            "/memory", "memories", query: parameters, from: query.page?.text, limit: query.limit)
        var page = MemoryPage()
        for piece in list.pieces {
            var memory = try StoredMemory.answered(piece)
            // Where nothing was looked for, the daemon says that everything matches.
            if query.text.isEmpty { memory.score = nil }
            page.memories.append(memory)
        }
        page.next = list.next.flatMap { MemoryPlace($0) }
        page.total = Int(clamping: list.page["total"]?.int ?? 0)
        page.isTotalCapped = list.page["total_capped"]?.bool == true
        return page
    }

    private var parameters: DaemonQuery {
        var parameters: DaemonQuery = [
            ("query", query.text.isEmpty ? nil : query.text), ("layer", query.layer?.rawValue),
            ("entity", query.entity), ("since", query.since?.rfc3339(.microseconds)),
            ("until", query.until?.rfc3339(.microseconds)),
        ]
        for tag in query.tags { parameters.append(("tags", tag)) }
        return parameters
    }
}
