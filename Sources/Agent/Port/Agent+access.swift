import Core
import Mind
import Store

/// What the API has written to the store, and to the audit chain: each is a transaction of its own
/// that is on the disk when the call returns. None is an event of the log: nothing is judged by it.
extension Agent {
    /// Links who came to the API, and what was made of them.
    ///
    /// - Returns: `UNAVAILABLE`, `NOT_STORED`: nothing is linked; keep them and try again later.
    public func record(_ access: [AccessRecord]) -> RequestError? {
        // Also of those who came while the agent is stopping.
        guard storeState == .working, !isStopped else { return .unwritable }
        do throws(CommitError) {
            try store.record(access, at: linkTime)
            counters.accessed(access)
            return nil
        } catch {
            counters.commitFailures += 1
            return RequestError(error)
        }
    }

    /// Creates, rotates or revokes an API key, or notes when keys were used.
    ///
    /// - Returns: what became of it; or `UNAVAILABLE`, `NOT_STORED`: nothing was changed.
    public func change(
        _ keys: KeyChange, by actor: Actor
    ) -> Result<KeyChangeResult, RequestError> {
        guard storeState == .working, !isStopped else { return .failure(.unwritable) }
        do throws(CommitError) {
            return .success(try store.apply(keys, by: actor, at: linkTime))
        } catch {
            counters.commitFailures += 1
            return .failure(RequestError(error))
        }
    }

    /// Writes that a person has seen an alert that fires.
    ///
    /// - Returns: what was written; or `NOT_FOUND` where no such alert fires, `UNAVAILABLE`,
    ///   `NOT_STORED`: nothing was.
    public func acknowledge(
        rule: String, entity: String, note: String, by actor: Actor
    ) -> Result<Acknowledgement, RequestError> {
        guard let alert = mind.firingAlert(of: rule, about: entity) else {
            return .failure(
                RequestError(code: "NOT_FOUND", message: "no such alert fires at this moment"))
        }
        guard storeState == .working, !isStopped else { return .failure(.unwritable) }
        let acknowledgement = Acknowledgement(
            decisionID: alert.decisionID, rule: alert.rule, entity: alert.entity, at: linkTime,
            actor: actor, note: note)
        do throws(CommitError) {
            try store.acknowledge(acknowledgement)
            return .success(acknowledgement)
        } catch {
            counters.commitFailures += 1
            return .failure(RequestError(error))
        }
    }

    private var linkTime: Timestamp { max(clock.last, time.now()) }
}

extension RequestError {
    /// Nothing can be stored now.
    static let unwritable = RequestError(
        code: "UNAVAILABLE",
        message: "the store takes nothing at this moment; try again later")

    fileprivate init(_ error: CommitError) {
        self.init(code: "NOT_STORED", message: "nothing was changed: \(error)")
    }
}
