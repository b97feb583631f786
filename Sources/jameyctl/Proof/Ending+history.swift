import Proof
import Store

extension Ending {
    /// What is recorded cannot be folded again.
    init(_ error: HistoryError) {
        switch error {
        case .store(let cause): self.init(cause)
        case .forgetting, .overtaken:
            self = .failure(Exit.tryAgain, "\(error)")
        case .empty, .rootUnknown, .outOfReach, .notYet, .noEvents, .ended, .rulesetMissing,
            .rulesetNotUnderstood:
            self = .failure(Exit.data, "\(error)")
        }
    }

    static func noDecision(_ id: String) -> Ending {
        .failure(
            Exit.noValue,
            "there is no decision '\(id.printable)'; jameyctl decisions shows the newest, and "
                + "retention deletes the oldest")
    }
}

extension History {
    /// A decision as it was recorded.
    /// - Throws: where there is none of this name.
    func decision(_ id: String) throws(Ending) -> StoredDecision {
        do throws(ReadError) {
            let found = try reader.decisions(.init(id: id, limit: 1)).first
            if let found { return found }
        } catch { throw Ending(error) }
        throw .noDecision(id)
    }
}
