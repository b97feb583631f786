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
        let routes: [Route]
        do throws(ReadError) { routes = try routesToForget() } catch { throw .unwritable }
        let digest = mind.settings.forgottenDigest(of: entity)
        // Whoever asks to be forgotten is not named by that.
        let author = author.hasSameBytes(as: entity) ? "" : author
        let event = nextEvent(.control(.forgotten(digest: digest, author: author)))
        _ = try commitAlone(event, forgetting: entity)
        store.renewTopics(RoutedEntity(entity, settings: mind.settings, routes: routes))
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

    /// After a start, before anything is committed: what is said from here on by whom is to be
    /// forgotten has topics of its own, as it has behind the request.
    func renewForgottenTopics() throws(StartError) {
        do throws(ReadError) {
            let jobs = try store.pendingForgettings().filter(\.hasTopics)
            guard !jobs.isEmpty else { return }
            let routes = try routesToForget()
            for job in jobs {
                let finder = RoutedEntity(job.entity, settings: mind.settings, routes: routes)
                store.renewTopics(through: job.topicsThrough, finder)
            }
        } catch { throw .store("what is to be forgotten cannot be read: \(error)") }
    }

    /// Knows again what is to be forgotten: after a start, when one begins, and when it is the turn
    /// of the next. Where the store cannot be read now, `keepForgetting` tries again.
    func prepareForgetting() {
        guard let job = store.currentForgetting, job.sequence != forgetting?.sequence,
            let routes = try? routesToForget()
        else { return }
        let finder = RoutedEntity(job.entity, settings: mind.settings, routes: routes)
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
    private func routesToForget() throws(ReadError) -> [Route] {
        let digests = try store.rulesetDigests()
        return try knownRoutes.routes(of: digests, inForce: mind.ruleset) {
            (digest) throws(ReadError) -> [RuleFile]? in
            try store.ruleset(digest: digest)?.files.map {
                RuleFile(name: $0.name, text: $0.text)
            }
        }
    }

    /// One step, so that the path never waits for more.
    func keepForgetting(at now: MonotonicTime) throws(CommitError) {
        if forgetting == nil { prepareForgetting() }
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
