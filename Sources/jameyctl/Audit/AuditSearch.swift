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

    /// Whether it is looked for one more, behind as many as are wanted.
    var tellsMore = false

    struct Link {
        var link: AuditLink
        var json: [UInt8]
    }

    struct Found {
        /// The newest first.
        var links: [Link] = []
        /// Whether there are others, where that is looked for.
        var isMore = false
    }

    func found(at place: Place) throws(Ending) -> Found {
        switch place {
        case .file(let store): try found(in: try store.open())
        case .daemon(let daemon): try found(by: daemon)
        }
    }

    private func found(in reader: StoreReader) throws(Ending) -> Found {
        var found = Found()
        do throws(ReadError) {
            try reader.forEachLinkFromNewest { link in
                guard tellsMore || found.links.count < limit else { return false }
                let isWanted =
                    (kind == nil || link.kind == kind) && since.map { link.at >= $0 } ?? true
                guard isWanted else { return true }
                guard found.links.count < limit else {
                    found.isMore = true
                    return false
                }
                found.links.append(Link(link: link, json: link.json))
                return true
            }
        } catch { throw Ending(error) }
        return found
    }

    private func found(by daemon: DaemonClient) throws(Ending) -> Found {
        guard limit > 0 else { return Found() }
        let query: DaemonQuery = [
            ("kind", kind?.name), ("since", since?.rfc3339(.microseconds)),
        ]
        let list = try daemon.list("/audit", "links", query: query, limit: limit)
        var found = Found(isMore: list.isMore)
        for piece in list.pieces {
            guard let link = AuditLink(piece) else { throw DaemonAnswer.foreign }
            found.links.append(Link(link: link, json: piece.line))
        }
        return found
    }
}
