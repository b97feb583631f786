import Core
import Proof
import Store

/// Looks for links of the audit chain where they are asked for.
struct AuditSearch {
    var kind: AuditLink.Kind?
    /// From then on.
    var since: Timestamp?
    /// So many at most, 0...
    var limit: Int

    struct Found {
        var link: AuditLink
        var json: [UInt8]
    }

    /// The newest first.
    func found(at place: Place) throws(Ending) -> [Found] {
        switch place {
        case .file(let store): try found(in: try store.open())
        case .daemon(let daemon): try found(by: daemon)
        }
    }

    private func found(in reader: StoreReader) throws(Ending) -> [Found] {
        var links: [AuditLink] = []
        do throws(ReadError) {
            try reader.forEachLinkFromNewest { link in
                guard links.count < limit else { return false }
                let isWanted =
                    (kind == nil || link.kind == kind) && since.map { link.at >= $0 } ?? true
                if isWanted { links.append(link) }
                return true
            }
        } catch { throw Ending(error) }
        return links.map { Found(link: $0, json: $0.json) }
    }

    private func found(by daemon: DaemonClient) throws(Ending) -> [Found] {
        guard limit > 0 else { return [] }
        let query: DaemonQuery = [
            ("kind", kind?.name), ("since", since?.rfc3339(.microseconds)),
        ]
        var links: [Found] = []
        for piece in try daemon.list("/audit", "links", query: query, limit: limit).pieces {
            guard let link = AuditLink(piece) else { throw DaemonAnswer.foreign }
            links.append(Found(link: link, json: piece.line))
        }
        return links
    }
}
