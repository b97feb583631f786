import Core
import Proof
import Store

/// One episode with its messages, as it is shown.
struct ShownEpisode {
    /// All about it but its messages.
    private let episode: JSONValue
    /// JSON each, in order.
    private let messages: [[UInt8]]
    /// Whether there are further ones.
    let isMore: Bool

    /// - Parameter limit: messages at most, 0...
    static func one(_ id: Int64, limit: Int, at place: Place) throws(Ending) -> ShownEpisode {
        switch place {
        case .file(let store): try read(id, limit: limit, from: try store.open())
        case .daemon(let daemon): try ask(id, limit: limit, daemon)
        }
    }

    private static func read(
        _ id: Int64, limit: Int, from reader: StoreReader
    ) throws(Ending) -> ShownEpisode {
        let found: StoredEpisode?
        do throws(ReadError) { found = try reader.episode(id) } catch { throw Ending(error) }
        guard let found else { throw .noEpisode(id) }
        let episode = try read(found.json)
        guard limit > 0 else {
            return ShownEpisode(episode: episode, messages: [], isMore: false)
        }
        var topics = try StoredRules.topics(of: reader)
        do throws(ReadError) {
            let page = try reader.events(of: found, limit: limit) { topics.entities(of: $0) }
            return ShownEpisode(
                episode: episode, messages: page.events.map(\.json), isMore: page.next != nil)
        } catch { throw Ending(error) }
    }

    /// Page by page: an answer has a bound of bytes.
    private static func ask(
        _ id: Int64, limit: Int, _ daemon: DaemonClient
    ) throws(Ending) -> ShownEpisode {
        var messages: [[UInt8]] = []
        var cursor: String?
        while true {
            // The episode is wanted all the same where no message is.
            let wanted = max(1, min(limit - messages.count, Limits.apiPageMax))
            let request = DaemonRequest(
                .get, "/episodes/\(id)", query: [("limit", "\(wanted)"), ("cursor", cursor)])
            let answer = try daemon.ask(request, missing: .noEpisode(id))
            guard let pieces = answer.piece["messages"]?.elements else {
                throw DaemonAnswer.foreign
            }
            messages += pieces.map(\.line)
            let next = answer.piece["next"]?.string
            // Whoever would have us read the same page for ever is no daemon of ours.
            guard next == nil || next != cursor else { throw DaemonAnswer.foreign }
            if next == nil || messages.count >= limit {
                let isMore = limit > 0 && (next != nil || messages.count > limit)
                return ShownEpisode(
                    episode: try read(answer.body), messages: Array(messages.prefix(limit)),
                    isMore: isMore)
            }
            cursor = next
        }
    }

    /// - Throws: where it is nothing of an episode's.
    static func read(_ json: [UInt8]) throws(Ending) -> JSONValue {
        guard let episode = JSONPiece(json).value, episode["id"]?.int != nil else {
            throw DaemonAnswer.foreign
        }
        return episode
    }

    /// As one object.
    var json: [UInt8] {
        JSONWriter.object { json in
            for member in episode.object?.members ?? []
            where member.name != "messages" && member.name != "next" {
                json.member(member.name, member.value)
            }
            json.array("messages") { list in for message in messages { list.raw(message) } }
        }
    }

    func lines(columns: Int?) -> [String] {
        let told = messages.compactMap { JSONPiece($0).value }
        return EpisodeLine.details(episode)
            + told.map { EpisodeLine.text(ofMessage: $0, of: episode, columns: columns) }
    }
}

extension Ending {
    fileprivate static func noEpisode(_ id: Int64) -> Ending {
        .failure(
            Exit.noValue, "there is no episode \(id); jameyctl memory episodes shows which are")
    }
}
