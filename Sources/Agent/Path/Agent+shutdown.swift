import Core
import Store

/// The orderly stop: drain, checkpoint, farewell, close.
extension Agent {
    /// Begins the stop; `isStopped` becomes true in a later turn, `Limits.drainTimeMax` and
    /// `Limits.farewellTimeMax` away at most. Further calls change nothing.
    public func stop() {
        guard shutdown == .running else { return }
        let now = time.monotonic()
        shutdown = .draining(until: now + Limits.drainTimeMax)
        statusChanged(at: now)
        log.notice("stopping", metadata: ["outbox_depth": "\(outbox.depth)"])
    }

    func tendShutdown(at now: MonotonicTime) {
        switch shutdown {
        case .running, .over: return
        case .draining(let until):
            // A link that is made again right now is waited for, or nobody would say farewell.
            let canDrain = life.isLinked && storeState == .working
            let isAnswered = !recalls.desk.hasQuestions && !requests.hasQuestions
            let isDrained = life.status.state == .up && outbox.isDrained && isAnswered
            guard isDrained || !canDrain || now >= until else { return }
            sayFarewell(at: now)
        case .farewell(let until):
            guard !vitals.isWaiting || life.status.state != .up || now >= until else { return }
            close(at: now)
        }
    }

    /// The last state of the mind, so that the next start has nothing to fold.
    private func keepCheckpoint(at now: MonotonicTime) {
        guard storeState == .working, mind.sequence > 0 else { return }
        batch.checkpoint = mind.storedCheckpoint()
        batch.confirmed = outbox.confirmed
        do throws(CommitError) {
            _ = try store.commit(batch, synced: true)
            outbox.removed(batch.confirmed.count)
            batch.removeAll()
        } catch {
            // Nothing is lost: the next start folds what came after the checkpoint before.
            tell(.commitFailed(error))
        }
    }

    private func sayFarewell(at now: MonotonicTime) {
        shutdown = .farewell(until: now + Limits.farewellTimeMax)
        guard life.status.state == .up else { return }
        sayLastWords()
        link.flush()
    }

    /// Also where the link comes up when it is too late for anything else.
    func sayLastWords() {
        tellAuditHead()
        for publication in vitals.farewell(at: time.now()) {
            send(publication)
        }
    }

    private func close(at now: MonotonicTime) {
        // Last of all: messages came, and were taken, for as long as there was something to send.
        keepCheckpoint(at: now)
        tellAuditHead()
        link.flush()
        handle(.stop, at: now)
        handle(.drained, at: now)
        shutdown = .over
        // The last connection to close is the writer's, which leaves no write-ahead log.
        recalling.close()
        requesting?.close()
        do throws(CommitError) {
            try store.close()
        } catch {
            log.error("the store was not closed cleanly, nothing is lost: \(error)")
        }
    }
}
