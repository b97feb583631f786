import Core
import Mind
import Store

/// What a person on this machine asks of the rules (decision 0023).
extension Agent {
    /// As `control`, with the rules loaded by whoever asks, on a thread of their own: compiling
    /// them holds up no message then. The directory is read once more, here on the loop, to know
    /// that its files are still those.
    ///
    /// - Parameter ruleset: of a reload, the directory's files, which whoever asks has just
    ///   changed, and puts back where this throws; of a rollback, the set of its digest.
    /// - Throws: `FILES_CHANGED` where the directory's files are others by now, and what `control`
    ///   answers else: the rules in force stay in force.
    public func control(
        _ request: RulesRequest, with ruleset: RuleSet, by userID: UInt32?
    ) throws(RequestError) -> RulesAnswer {
        counters.controlRequests += 1
        return try carryOut(request, with: ruleset, userID: userID)
    }

    /// As `control` of a reload, of directories that whoever asks has loaded (`ruleDirectories`).
    /// They are read once more, here on the loop, as above.
    ///
    /// - Throws: `FILES_CHANGED` where they have other files by now: load them again. Else what
    ///   `control` answers: the rules in force stay in force.
    public func control(
        _ request: RulesRequest, with directories: LoadedRules, by userID: UInt32?
    ) throws(RequestError) -> RulesAnswer {
        counters.controlRequests += 1
        return try carryOut(request, of: directories, userID: userID)
    }

    func carryOut(
        _ request: RulesRequest, with loaded: RuleSet? = nil, of directories: LoadedRules? = nil,
        userID: UInt32?
    ) throws(RequestError) -> RulesAnswer {
        guard storeState == .working, batch.isEmpty, shutdown == .running else {
            throw RequestError(
                code: "UNAVAILABLE",
                message: "the rules cannot be changed at this moment; try again later")
        }
        let now = time.monotonic()
        var change = RuleChange(
            .reload, author: request.author, userID: userID, message: request.message)
        do throws(RulesFault) {
            switch request.action {
            case .reload(let isForced):
                if let loaded { return try takeFiles(as: loaded, by: change, at: now) }
                return try reload(
                    by: change, isForced: isForced, with: directories, at: now)
            case .rollback(let digest):
                change.how = .rollback
                if let loaded, loaded.digest == digest {
                    return try take(loaded, by: change, at: now)
                }
                return try take(try stored(digest), by: change, at: now)
            case .promote:
                change.how = .promote
                return try promote(by: change, at: now)
            }
        } catch { throw RequestError(error) }
    }

    /// Has a set take effect that is not the directory's, until the files there change.
    func take(
        _ ruleset: RuleSet, by change: RuleChange, at now: MonotonicTime
    ) throws(RulesFault) -> RulesAnswer {
        guard ruleset.digest != mind.ruleset?.digest else {
            return RulesAnswer(.unchanged, ruleset: ruleset.digest)
        }
        var change = change
        // Files that cannot be read are not those that will be: whatever is read next counts.
        change.directory = (try? rules.read()).map { RuleFile.digest(of: $0) } ?? ""
        defer { statusChanged(at: now) }
        let answer = try activate(ruleset, by: change, at: now)
        // What is wrong with the directory matters again when it changes.
        vitals.rulesFault = nil
        counters.reloads += 1
        log.notice(
            "other rules than the directory's are in force",
            metadata: ["ruleset": "\(answer.ruleset)", "how": "\(change.how.rawValue)"])
        return answer
    }

    private func stored(_ digest: String) throws(RulesFault) -> RuleSet {
        let stored: StoredRuleset?
        do throws(ReadError) { stored = try store.ruleset(digest: digest) } catch {
            throw .notStored("the rule set cannot be read: \(error)")
        }
        guard let stored else { throw .unknown(digest: digest) }
        do throws(RuleSetErrors) {
            return try rules.load(stored.files.map { RuleFile(name: $0.name, text: $0.text) })
        } catch { throw .wrong(error) }
    }
}

extension RequestError {
    /// As the fault is answered: cut to what an answer holds.
    init(_ fault: RulesFault) {
        let text = String(fault.description.prefix(Limits.rulesAnswerCharactersMax))
        switch fault {
        case .wrong: self.init(code: "RULES_REFUSED", message: text)
        case .notStored: self.init(code: "NOT_STORED", message: text)
        case .filesChanged: self.init(code: "FILES_CHANGED", message: text)
        case .unknown: self.init(code: "UNKNOWN_RULESET", message: text)
        case .nothingInShadow: self.init(code: "NOTHING_IN_SHADOW", message: text)
        }
    }
}
