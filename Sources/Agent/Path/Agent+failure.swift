import Core
import Store

/// What happens while bursts cannot be made durable (architecture.md, "Failure, in rules").
extension Agent {
    /// A commit failed: nothing of the burst is acknowledged, and the mind forgets it.
    func fail(_ error: CommitError, at now: MonotonicTime) {
        counters.commitFailures += 1
        batch.removeAll()
        updates.removeAll()
        shadow.updates.removeAll()
        burst.removeAll()
        leftOut.rollBack()
        storeState = .failing(
            reason: "\(error)", retryAt: now + Limits.commitRetryDelay)
        tell(.commitFailed(error))
        // What libmosquitto holds for this connection must never be flushed.
        handle(.abandoned(reason: "a burst could not be stored: \(error)"), at: now)
        outbox = Outbox(depth: store.outboxDepth, bounds: settings.bounds)
        // The broker keeps the messages; they come again once a commit succeeds.
        mind = (try? Recovery.again(store, rules, like: mind)) ?? mind
        restartShadows()
        statusChanged(at: now)
    }

    /// Tries whether the store takes anything; when it does, all goes on.
    func retryStore(at now: MonotonicTime) {
        guard case .failing(_, let retryAt) = storeState, now >= retryAt else { return }
        do throws(CommitError) {
            try store.probe()
        } catch {
            storeState = .failing(reason: "\(error)", retryAt: now + Limits.commitRetryDelay)
            counters.commitFailures += 1
            return
        }
        do throws(StartError) {
            mind = try Recovery.again(store, rules, like: mind)
        } catch {
            storeState = .failing(reason: "\(error)", retryAt: now + Limits.commitRetryDelay)
            return
        }
        restartShadows()
        storeState = .working
        linkCredentials()
        log.notice("the store works again; reading resumes")
        statusChanged(at: now)
    }
}
