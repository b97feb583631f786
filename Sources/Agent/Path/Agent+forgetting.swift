import Core
import Mind
import Store

/// Forgetting an entity: one event at once, and the rest in steps between messages (decision 0020).
extension Agent {
    /// Begins to forget. From the commit on the mind knows nothing of the entity; what was heard
    /// about it is erased from the store bit by bit.
    func forget(
        _ entity: String, author: String
    ) throws(RequestError) -> ControlAnswer {
        try requireRoomToForget()
        let digest = mind.settings.forgottenDigest(of: entity)
        // Whoever asks to be forgotten is not named by that.
        let author = author.hasSameBytes(as: entity) ? "" : author
        let event = nextEvent(.control(.forgotten(digest: digest, author: author)))
        _ = try commitAlone(event, forgetting: entity)
        prepareForgetting()
        return ControlAnswer(changed: 0, forgetting: event.sequence)
    }

    private func requireRoomToForget() throws(RequestError) {
        let pending: Int
        do throws(ReadError) { pending = try store.forgettingsPending() } catch {
            throw .unwritable
        }
        guard pending < Limits.forgettingsPendingMax else { throw .tooManyForgettings }
    }

    /// Knows again what is to be forgotten: after a start, and when one begins.
    func prepareForgetting() {
        guard let job = store.currentForgetting, job.sequence != forgetting?.sequence else {
            return
        }
        let finder = RoutedEntity(job.entity, settings: mind.settings, routes: storedRoutes())
        store.prepareForgetting(finder)
        forgetting = ForgettingWork(sequence: job.sequence, finder: finder)
    }

    /// For jameyctl, which works on the store while no agent runs. Where this cannot be stored now,
    /// the next start tries again.
    func rememberRoot() {
        if (try? store.root()) == settings.root { return }
        try? store.remember(root: settings.root)
    }

    /// Of every rule set that events of the log were heard under, as far as they can still be read.
    private func storedRoutes() -> [Route] {
        guard let digests = try? store.rulesetDigests() else { return [] }
        return knownRoutes.routes(of: digests, inForce: mind.ruleset) { digest in
            let stored = try? store.ruleset(digest: digest)
            return stored?.files.map { RuleFile(name: $0.name, text: $0.text) }
        }
    }

    /// One step, so that the path never waits for more.
    func keepForgetting(at now: MonotonicTime) throws(CommitError) {
        guard let work = forgetting, now >= work.due else { return }
        let step = try store.forgetStep(work.finder)
        for entry in store.takeRepeatable() { leftOut.insert(entry) }
        switch step {
        case .more: break
        case .idle: forgetting = nil
        case .waiting(let wait):
            forgetting?.due = now + Limits.forgetRetryDelay
            if wait == .checkpoint { beginCheckpointAtOnce(at: now) }
        }
        // The next one may have another entity.
        if store.currentForgetting?.sequence != work.sequence {
            forgetting = nil
            prepareForgetting()
        }
    }

    private func beginCheckpointAtOnce(at now: MonotonicTime) {
        guard !checkpointing.isBusy, !store.isWritingCheckpoint, shutdown == .running else {
            return
        }
        vitals.checkpointSequence = mind.sequence
        schedule.checkpointed(at: now)
        checkpointing.begin(mind)
    }
}

extension RequestError {
    static let tooManyForgettings = RequestError(
        code: "TOO_MANY_FORGETTINGS",
        message: "\(Limits.forgettingsPendingMax) entities wait for being forgotten, one after the "
            + "other: ask again when one of them is; GET /forgettings/{event} says what it waits "
            + "for")
}

/// A forgetting as the loop does it.
struct ForgettingWork {
    var sequence: EventSequence
    var finder: RoutedEntity
    /// When the next step is due.
    var due = MonotonicTime(microseconds: 0)
}
