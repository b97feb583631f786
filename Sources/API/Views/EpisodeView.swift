import Core
import Proof
import Store

/// Episodes, as they are answered.
enum EpisodeView {
    /// As many as an answer may have bytes.
    /// - Parameters:
    ///   - found: the newest first, one more than `limit` where there are more.
    ///   - limit: of the page, 1...
    static func page(_ found: [StoredEpisode], limit: Int) -> [UInt8] {
        var elements: [[UInt8]] = []
        var bytes = 0
        for episode in found.prefix(limit) {
            guard bytes < Limits.apiListBytesMax else { break }
            elements.append(episode.json)
            bytes += elements.last?.count ?? 0
        }
        let next = elements.count < found.count ? found[..<elements.count].last?.id : nil
        return PageView.json("episodes", elements, next: next.map { "\($0)" })
    }
}
