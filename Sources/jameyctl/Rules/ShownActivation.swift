import Core
import Proof
import Store

/// What took effect, as it is shown.
struct ShownActivation {
    let stored: StoredActivation
    let isActive: Bool
    let json: [UInt8]

    /// The newest first.
    /// - Parameter limit: so many at most.
    static func all(at place: Place, limit: Int) throws(Ending) -> [ShownActivation] {
        switch place {
        case .file(let store):
            let reader = try store.open()
            let found: [StoredActivation]
            do throws(ReadError) { found = try reader.activations(limit: limit) } catch {
                throw Ending(error)
            }
            return found.enumerated().map { index, stored in
                ShownActivation(
                    stored: stored, isActive: index == 0, json: stored.json(isActive: index == 0))
            }
        case .daemon(let daemon):
            let list = try daemon.list("/rules/history", "activations", limit: limit)
            var all: [ShownActivation] = []
            for (json, piece) in zip(list.elements, list.pieces) {
                guard let stored = StoredActivation(json) else { throw DaemonAnswer.foreign }
                all.append(
                    ShownActivation(
                        stored: stored, isActive: json["active"]?.bool == true, json: piece.line))
            }
            return all
        }
    }
}
