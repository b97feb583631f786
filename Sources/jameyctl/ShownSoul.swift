import Core
import Proof
import Store

/// What is believed of one entity, as a list shows it.
struct ShownSoul {
    let stored: StoredSoul
    /// As the daemon has written it; nil of what was read from a file.
    private var piece: JSONPiece?

    var json: [UInt8] { piece?.line ?? stored.json }

    /// All that there are, as they are now.
    static func all(at place: Place) throws(Ending) -> [ShownSoul] {
        switch place {
        case .file(let store):
            let reader = try store.open()
            do throws(ReadError) {
                return try reader.currentSouls(at: SystemTime().now()).map {
                    ShownSoul(stored: $0)
                }
            } catch { throw Ending(error) }
        case .daemon(let daemon):
            var souls: [ShownSoul] = []
            for piece in try daemon.list("/soul", "souls", limit: Limits.soulsMax).pieces {
                souls.append(ShownSoul(stored: try StoredSoul.answered(piece), piece: piece))
            }
            return souls
        }
    }

    /// Whether it was changed after the other: by events, and within one by milliseconds, which is
    /// what the daemon tells.
    func isChangedLater(than other: ShownSoul) -> Bool {
        if stored.eventSequence != other.stored.eventSequence {
            return stored.eventSequence > other.stored.eventSequence
        }
        let (own, others) = (milliseconds, other.milliseconds)
        if own != others { return own > others }
        return stored.entity.utf8.lexicographicallyPrecedes(other.stored.entity.utf8)
    }

    private var milliseconds: Int64 { stored.soul.at.microseconds / 1_000 }
}
