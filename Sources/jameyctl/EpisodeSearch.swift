import Core
import Proof
import Store

/// Looks for episodes where they are asked for.
struct EpisodeSearch {
    let query: EpisodeQuery

    struct Found {
        /// JSON each, the newest first, as it was read and as it was written.
        var episodes: [(json: JSONValue, bytes: [UInt8])] = []
        /// Whether there are further ones.
        var isMore = false
    }

    func found(at place: Place) throws(Ending) -> Found {
        switch place {
        case .file(let store): try found(in: try store.open())
        case .daemon(let daemon): try found(by: daemon)
        }
    }

    private func found(in reader: StoreReader) throws(Ending) -> Found {
        var query = query
        // One more than asked for, to see whether another page follows.
        query.limit += 1
        let stored: [StoredEpisode]
        do throws(ReadError) { stored = try reader.episodes(query) } catch { throw Ending(error) }
        var found = Found(isMore: stored.count == query.limit)
        for episode in stored.prefix(self.query.limit) {
            let bytes = episode.json
            found.episodes.append((try ShownEpisode.read(bytes), bytes))
        }
        return found
    }

    private func found(by daemon: DaemonClient) throws(Ending) -> Found {
        let parameters: DaemonQuery = [
            ("entity", query.entity), ("since", query.since?.rfc3339(.microseconds)),
            ("until", query.until?.rfc3339(.microseconds)), ("open", query.isOpen ? "true" : nil),
        ]
        let list = try daemon.list(
            "/episodes", "episodes", query: parameters, from: query.before.map { "\($0)" },
            limit: query.limit)
        var found = Found(isMore: list.isMore)
        for (json, piece) in zip(list.elements, list.pieces) {
            found.episodes.append((json, piece.line))
        }
        return found
    }
}
