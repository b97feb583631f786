import Core
import Mind
import Store

/// Rule sets take effect as events of the log, whole or not at all.
extension Agent {
    /// Reads the rule files again and activates them where they are new; a bad set changes nothing.
    public func reload() {
        let now = time.monotonic()
        guard storeState == .working, batch.isEmpty else { return tell(.reloadImpossible) }
        _ = try? reload(by: RuleChange(.reload, author: "SIGHUP"), isForced: false, at: now)
    }

    /// What a reload reads.
    public var ruleDirectories: RuleDirectories {
        RuleDirectories(rules: rules, shadow: shadowRules)
    }

    /// - Parameters:
    ///   - isForced: also where another set is in force until the files change.
    ///   - loaded: the directories' files, which nothing is compiled of here then.
    /// - Throws: `.filesChanged` where they are others by now: nothing is wrong with the agent.
    ///   What else it throws was told, too. The rules in force stay in force.
    func reload(
        by change: RuleChange, isForced: Bool, with loaded: LoadedRules? = nil,
        at now: MonotonicTime
    ) throws(RulesFault) -> RulesAnswer {
        guard let loaded else {
            return try reload(
                from: rules, shadow: shadowRules, by: change, isForced: isForced, at: now)
        }
        guard loaded.isStill(in: ruleDirectories) else { throw .filesChanged }
        return try reload(
            from: loaded.rules, shadow: loaded.shadow, by: change, isForced: isForced, at: now)
    }

    private func reload(
        from source: any RuleSource, shadow: (any RuleSource)?, by change: RuleChange,
        isForced: Bool, at now: MonotonicTime
    ) throws(RulesFault) -> RulesAnswer {
        defer {
            readShadow(from: shadow)
            beginShadows()
            statusChanged(at: now)
        }
        do throws(RulesFault) {
            let answer = try takeFiles(from: source, by: change, isForced: isForced, at: now)
            vitals.rulesFault = nil
            counters.reloads += 1
            log.info(
                "\(answer.outcome.asMessage)", metadata: ["ruleset": "\(answer.ruleset)"])
            return answer
        } catch {
            counters.reloadFailures += 1
            vitals.rulesFault = error.summary
            tell(.rulesRefused(error))
            throw error
        }
    }

    /// At the start: the files' rules where they are good, else those that were in effect before.
    ///
    /// - Throws: `.rules` where there are no earlier ones, `.store` where they cannot be activated.
    func startRules() throws(StartError) {
        defer {
            readShadow(from: shadowRules)
            beginShadows()
        }
        do throws(ReadError) {
            hold = try store.latestActivation().flatMap {
                $0.digest == mind.ruleset?.digest ? RuleHold($0) : nil
            }
        } catch { throw .store("the history of the rules cannot be read: \(error)") }
        do throws(RulesFault) {
            let change = RuleChange(.start, author: "start")
            let answer = try takeFiles(
                from: rules, by: change, isForced: false, at: time.monotonic())
            guard answer.outcome != .unchanged else { return }
            log.info(
                "\(answer.outcome.asMessage)", metadata: ["ruleset": "\(answer.ruleset)"])
        } catch {
            if case .notStored(let text) = error { throw .store(text) }
            guard mind.ruleset != nil else { throw .rules(error.description) }
            vitals.rulesFault = error.summary
            log.error("the rule files are wrong, the last good rules stay in force:\n\(error)")
        }
    }

    /// Activates the directory's rules where they are new and nothing else is in force until its
    /// files change.
    private func takeFiles(
        from source: any RuleSource, by change: RuleChange, isForced: Bool, at now: MonotonicTime
    ) throws(RulesFault) -> RulesAnswer {
        let ruleset: RuleSet
        do throws(RuleSetErrors) {
            let files = try source.read()
            if !isForced, let hold, let digest = mind.ruleset?.digest,
                hold.directory == RuleFile.digest(of: files)
            {
                return RulesAnswer(.held, ruleset: digest)
            }
            ruleset = try source.load(files)
        } catch { throw .wrong(error) }
        guard ruleset.digest != mind.ruleset?.digest else {
            return RulesAnswer(.unchanged, ruleset: ruleset.digest)
        }
        return try activate(ruleset, by: change, at: now)
    }

    /// Activates the directory's rules as somebody has loaded them who has just changed its files,
    /// and puts these back where they do not take effect: then nothing is wrong with the agent.
    func takeFiles(
        as ruleset: RuleSet, by change: RuleChange, at now: MonotonicTime
    ) throws(RulesFault) -> RulesAnswer {
        let files: [RuleFile]
        do throws(RuleSetErrors) { files = try rules.read() } catch { throw .wrong(error) }
        guard RuleFile.digest(of: files) == RuleFile.digest(of: ruleset.writtenFiles) else {
            throw .filesChanged
        }
        defer { statusChanged(at: now) }
        var answer = RulesAnswer(.unchanged, ruleset: ruleset.digest)
        if ruleset.digest != mind.ruleset?.digest {
            answer = try activate(ruleset, by: change, at: now)
        }
        vitals.rulesFault = nil
        counters.reloads += 1
        log.info("\(answer.outcome.asMessage)", metadata: ["ruleset": "\(answer.ruleset)"])
        return answer
    }

    /// Has a rule set take effect: one event, in the log and the history.
    func activate(
        _ ruleset: RuleSet, by change: RuleChange, at now: MonotonicTime
    ) throws(RulesFault) -> RulesAnswer {
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
        activation.activation = change.activation(of: ruleset.digest, by: event)
        do throws(CommitError) {
            let committed = try store.commit(activation, synced: true)
            outbox.committed(outcome.publications, firstID: committed.firstOutboxID)
            tellUpdates()
        } catch {
            mind = earlier
            updates.removeAll()
            throw .notStored("the rules could not be stored: \(error)")
        }
        hold = activation.activation.flatMap(RuleHold.init)
        counters.perceived(outcome)
        subscribe(at: now)
        beginShadows()
        return RulesAnswer(.activated, ruleset: ruleset.digest, eventSequence: event.sequence)
    }

    /// The routes decide what is subscribed to.
    private func subscribe(at now: MonotonicTime) {
        let wanted = SubscriptionSet(
            root: settings.root, filters: mind.filters,
            requests: requesting == nil ? [] : settings.requestTopics)
        guard wanted != subscribed else { return }
        // Until the broker has answered, it may hold filters of every set before.
        let stale = wanted.dropped(since: subscribed).filter { !unwanted.contains($0) }
        unwanted = (unwanted + stale).filter { !wanted.has($0) }
        subscribed = wanted
        handle(.routesChanged, at: now)
    }
}

extension RulesAnswer.Outcome {
    fileprivate var asMessage: String {
        switch self {
        case .activated: "new rules are in force"
        case .unchanged: "the rules are as before"
        case .held: "the rules stay in force until the files of the directory change"
        }
    }
}

/// Why rule files did not take effect; those before stay in force.
enum RulesFault: Error, CustomStringConvertible {
    case wrong(RuleSetErrors)
    case notStored(String)
    /// The store does not have it, or no longer.
    case unknown(digest: String)
    /// The directory's files are not those that were loaded.
    case filesChanged
    /// There is no set to promote; rules in mode shadow stand in these places.
    case nothingInShadow(rules: [String])

    var description: String {
        switch self {
        case .notStored(let text): text
        case .wrong(let errors): errors.description
        case .filesChanged:
            "the files of the rule directory have changed meanwhile: read them again"
        case .unknown(let digest):
            "the store does not have the rule set \(digest), or no longer"
        case .nothingInShadow(let rules):
            "no set of a shadow directory runs that is not in force already"
                + (rules.isEmpty
                    ? ""
                    : "; rules in mode shadow are promoted by editing them, then reload: "
                        + rules.joined(separator: ", "))
        }
    }

    /// One line for the status.
    var summary: String {
        switch self {
        case .notStored, .unknown, .filesChanged, .nothingInShadow: description
        case .wrong(let errors):
            "\(errors.errors.count) errors in the rule files; the first: "
                + (errors.errors.first.map { "\($0)" } ?? "")
        }
    }
}
