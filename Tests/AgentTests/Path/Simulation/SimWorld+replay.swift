import Core
import Proof
import Store

/// What a life has left can be judged again: from everywhere, twice, with the same outcome.
extension SimWorld {
    func replay() throws {
        let reader = try StoreReader(path: path)
        let history: History
        do throws(HistoryError) { history = try History(reader) } catch {
            // Nothing was ever recorded.
            if case .empty = error { return }
            throw SimFailure("the history cannot be read: \(error)")
        }
        var minds: Set<String> = []
        for start in history.starts where start.sequence < history.last.sequence {
            let events = start.sequence + 1...history.last.sequence
            let first = try replay(history, events, from: start)
            let again = try replay(history, events, from: start)
            guard first.digest == again.digest else {
                throw SimFailure("two replays from \(start.sequence) differ")
            }
            minds.insert(first.mindDigest)
        }
        guard minds.count <= 1 else {
            throw SimFailure("replays from different checkpoints end with different minds")
        }
    }

    private func replay(
        _ history: History, _ events: ClosedRange<EventSequence>, from start: History.Start
    ) throws -> Replay {
        let replay = try history.replay(events, from: start)
        guard let difference = replay.first else { return replay }
        func text(_ decision: Decision?) -> String {
            decision.map { String(decoding: $0.json, as: UTF8.self) } ?? "nothing"
        }
        throw SimFailure(
            "from \(start.sequence), event \(difference.event.sequence) is judged otherwise: "
                + "\(text(difference.recorded)) then, \(text(difference.replayed)) now")
    }
}
