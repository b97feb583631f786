import Core
import Mind
import Store

/// Rule sets take effect as events of the log, whole or not at all.
extension Agent {
    /// Reads the rule files again and activates them where they are new; a bad set changes nothing.
    public func reload() {
        let now = time.monotonic()
        guard storeState == .working, batch.isEmpty else { return tell(.reloadImpossible) }
        do throws(RulesFault) {
            let ruleset = try load()
            let isNew = ruleset.digest != mind.ruleset?.digest
            if isNew { try activate(ruleset, at: now) }
            vitals.rulesFault = nil
            counters.reloads += 1
            log.info(
                isNew ? "new rules are in force" : "the rules are as before",
                metadata: ["ruleset": "\(ruleset.digest)"])
        } catch {
            counters.reloadFailures += 1
            vitals.rulesFault = error.summary
            tell(.rulesRefused(error))
        }
        statusChanged(at: now)
    }

    /// At the start: the files' rules where they are good, else those that were in effect before.
    ///
    /// - Throws: `.rules` where there are no earlier ones, `.store` where they cannot be activated.
    func startRules() throws(StartError) {
        do throws(RulesFault) {
            let ruleset = try load()
            guard ruleset.digest != mind.ruleset?.digest else { return }
            try activate(ruleset, at: time.monotonic())
            log.info("rules are in force", metadata: ["ruleset": "\(ruleset.digest)"])
        } catch {
            if case .notStored(let text) = error { throw .store(text) }
            guard mind.ruleset != nil else { throw .rules(error.description) }
            vitals.rulesFault = error.summary
            log.error("the rule files are wrong, the last good rules stay in force:\n\(error)")
        }
    }

    private func load() throws(RulesFault) -> RuleSet {
        do throws(RuleSetErrors) {
            return try rules.load(try rules.read())
        } catch { throw .wrong(error) }
    }

    private func activate(_ ruleset: RuleSet, at now: MonotonicTime) throws(RulesFault) {
        let at = clock.at(wall: time.now(), monotonic: now)
        let event = Event(
            sequence: mind.sequence + 1, at: at, body: .ruleset(digest: ruleset.digest))
        let earlier = mind
        let outcome = mind.activate(ruleset, by: event)
        var activation = Batch(event, outcome)
        _ = number(outcome, behind: Batch())
        activation.ruleset = StoredRuleset(
            digest: ruleset.digest, activatedAt: at,
            files: ruleset.files.map { .init(name: $0.name, text: $0.text) },
            soulHalfLife: ruleset.soul.halfLife)
        do throws(CommitError) {
            let committed = try store.commit(activation, synced: true)
            outbox.committed(outcome.publications, firstID: committed.firstOutboxID)
            tellUpdates()
        } catch {
            mind = earlier
            updates.removeAll()
            throw .notStored("the rules could not be stored: \(error)")
        }
        counters.perceived(outcome)
        subscribe(at: now)
    }

    /// The routes decide what is subscribed to.
    private func subscribe(at now: MonotonicTime) {
        let wanted = SubscriptionSet(root: settings.root, filters: mind.filters)
        guard wanted != subscribed else { return }
        // Until the broker has answered, it may hold filters of every set before.
        let stale = wanted.dropped(since: subscribed).filter { !unwanted.contains($0) }
        unwanted = (unwanted + stale).filter { !wanted.has($0) }
        subscribed = wanted
        handle(.routesChanged, at: now)
    }
}

/// Why rule files did not take effect; those before stay in force.
enum RulesFault: Error, CustomStringConvertible {
    case wrong(RuleSetErrors)
    case notStored(String)

    var description: String {
        switch self {
        case .notStored(let text): text
        case .wrong(let errors): errors.description
        }
    }

    /// One line for the status.
    var summary: String {
        switch self {
        case .notStored: description
        case .wrong(let errors):
            "\(errors.errors.count) errors in the rule files; the first: "
                + (errors.errors.first.map { "\($0)" } ?? "")
        }
    }
}
