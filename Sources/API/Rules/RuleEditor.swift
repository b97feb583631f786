import Agent
import Core
import Logging
import Mind

/// Changes rule files one after the other: a change takes effect, or everything is as it was.
actor RuleEditor {
    enum Change: Sendable {
        case write(String)
        case remove
    }

    /// Who changes them, and why.
    struct Author: Sendable {
        var name: String
        /// The account that the kernel has seen at the other end of the local socket.
        var userID: UInt32?
        var message: String
        /// Asked when their turn has come, and when the rules are about to take effect, which may
        /// be seconds after the request.
        var checkAgain: @Sendable () throws(APIError) -> Void = {}
    }

    private let folder: RuleFolder
    private let port: AgentPort
    private let clock: any TimeSource
    private let log: Logger
    /// What waits for the disk or compiles rules.
    nonisolated let queue = BlockingQueue(
        label: "jamey.api.rules", waitingMax: Limits.ruleWorkMax)
    /// Where a reload compiles: behind no check, which less of a role may ask for. Those who change
    /// rules come one at a time, so this is one piece.
    private let reloads = BlockingQueue(label: "jamey.api.reload", waitingMax: 1)
    private var isBusy = false
    /// In the order of asking; each is resumed with the turn in its hands.
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// How many wait for their turn.
    var waitingCount: Int { waiting.count }

    init(directory: String, port: AgentPort, clock: any TimeSource, log: Logger) {
        folder = RuleFolder(path: directory)
        self.port = port
        self.clock = clock
        self.log = log
    }

    /// Changes a file of the directory and has the whole set take effect.
    ///
    /// - Parameters:
    ///   - name: of a rule file, within the directory.
    ///   - tags: of the rule set in force, as the author knew it.
    ///   - isForced: also where the directory has other files than those in force, which then take
    ///     effect with this one.
    /// - Throws: `PRECONDITION_FAILED`, `RULES_HELD`, `FILES_CHANGED`, `RULES_REFUSED`,
    ///   `NOT_FOUND`, `READ_ONLY`, `CONFLICT`, `NOT_STORED`, `UNAVAILABLE`, `UNAUTHENTICATED`, and
    ///   what the agent refuses: nothing has changed. What somebody saves by hand meanwhile stays.
    func change(
        _ name: String, _ change: Change, if tags: EntityTags, isForced: Bool, by author: Author
    ) async throws(APIError) -> RulesAnswer {
        try await takeTurn()
        defer { endTurn() }
        // Before anything is written; and once more below, when it is to take effect.
        try author.checkAgain()
        let report = try await report()
        let inForce = report.digest ?? ""
        guard tags.matchesStrongly(inForce) else { throw .rulesChanged(inForce) }
        let written = try await write(name, change, knowing: isForced ? nil : report)
        do throws(APIError) {
            return try await take(written.ruleset, from: inForce, by: author)
        } catch {
            try await putBack(written)
            throw error
        }
    }

    /// Has the agent take its rule directories as they are, read and compiled here.
    ///
    /// - Parameters:
    ///   - isForced: also where a rollback or a promotion holds.
    ///   - tags: rule sets of which one has to be in force; nil: whichever is.
    /// - Throws: `PRECONDITION_FAILED`, also of what is forced where other rules came into force
    ///   while these were compiled, `RULES_REFUSED`, `UNAVAILABLE`, also after
    ///   `Limits.reloadTimeMax`, `UNAUTHENTICATED`, and what the agent refuses, `FILES_CHANGED`
    ///   where the files are others than those that were compiled: ask again. The rules in force
    ///   stay in force.
    func reload(
        isForced: Bool, if tags: EntityTags?, by author: Author
    ) async throws(APIError) -> RulesAnswer {
        let request = RulesRequest(
            .reload(isForced: isForced), author: author.name, message: author.message)
        let clock = clock
        let end = clock.monotonic() + Limits.reloadTimeMax
        try await takeTurn()
        defer { endTurn() }
        try author.checkAgain()
        let found = try await ask { (agent) throws(APIError) -> Found in
            try agent.expect(tags)
            return Found(directories: agent.ruleDirectories, inForce: agent.rulesetDigest)
        }
        let loaded = try await reloads.runAnyway { () throws(APIError) -> LoadedRules in
            found.directories.load()
        }
        do throws(APIError) {
            return try await ask { (agent) throws(APIError) -> RulesAnswer in
                try author.checkAgain()
                guard clock.monotonic() <= end else { throw .reloadTooLate }
                try agent.expect(tags)
                // What is forced is against what held then, and not against what somebody has
                // rolled back to since.
                let inForce = agent.rulesetDigest
                guard !isForced || inForce == found.inForce || inForce == loaded.digest else {
                    throw .rulesChanged(inForce)
                }
                do throws(RequestError) {
                    return try agent.control(request, with: loaded, by: author.userID)
                } catch { throw APIError(error) }
            }
        } catch {
            // Every error is many bytes, which are made here and not on the loop.
            guard error.code == "RULES_REFUSED", let errors = loaded.errors else { throw error }
            throw APIError(errors)
        }
    }

    /// What would be wrong with these files as a whole.
    func check(_ files: [RuleFile]) async throws(APIError) -> Result<RuleSet, RuleSetErrors> {
        try await queue.run {
            Result { () throws(RuleSetErrors) in try RuleSetLoader.load(files) }
        }
    }

    // MARK: The steps of a change

    fileprivate struct Written: Sendable {
        let former: RuleFolder.Version
        let later: RuleFolder.Version
        /// Of all files, with this one.
        let ruleset: RuleSet
    }

    /// What a reload is to take, and which rules were in force when it began.
    private struct Found: Sendable {
        let directories: RuleDirectories
        let inForce: String
    }

    /// The rules in force.
    private func report() async throws(APIError) -> RulesReport {
        do throws(PortError) { return try await port.ask { $0.rulesReport() } } catch {
            throw APIError(error)
        }
    }

    /// Has the agent's loop do something quick.
    private func ask<Answer: Sendable>(
        _ work: @escaping @Sendable (Agent) throws(APIError) -> Answer
    ) async throws(APIError) -> Answer {
        let answer: Result<Answer, APIError>
        do throws(PortError) {
            answer = try await port.ask { agent -> Result<Answer, APIError> in
                Result { () throws(APIError) -> Answer in try work(agent) }
            }
        } catch { throw APIError(error) }
        return try answer.get()
    }

    private func takeTurn() async throws(APIError) {
        guard isBusy else {
            isBusy = true
            return
        }
        guard waiting.count < Limits.ruleWritersMax else {
            throw .unavailable("too many change the rules at this moment")
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func endTurn() {
        if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().resume() }
    }

    /// Checks the whole set as it would be, and writes the file: in one piece of work, so that
    /// nothing else waits between the two while somebody saves the file by hand.
    ///
    /// - Parameter report: of the rules in force, which the directory's are to be; nil: whatever is
    ///   there.
    private func write(
        _ name: String, _ change: Change, knowing report: RulesReport?
    ) async throws(APIError) -> Written {
        let folder = folder
        return try await queue.run { () throws(APIError) in
            let written = try folder.prepared(name, change, knowing: report)
            do throws(RuleFolderError) {
                try folder.change(from: written.former, to: written.later)
            } catch {
                // It may be there, and not be known to survive a power cut. What was not written
                // is found to be another file, and stays.
                switch error {
                case .changed: break
                case .readOnly, .missing, .isLink, .failed:
                    try? folder.change(from: written.later, to: written.former)
                }
                throw APIError(error, directory: folder.path)
            }
            return written
        }
    }

    /// Has the file again as it was, unless somebody has changed it since.
    private func putBack(_ written: Written) async throws(APIError) {
        let folder = folder
        let log = log
        try await queue.runAnyway { () throws(APIError) in
            do throws(RuleFolderError) {
                try folder.change(from: written.later, to: written.former)
            } catch {
                let name = written.former.name
                switch error {
                case .changed, .isLink:
                    log.notice(
                        "a rule file was changed by hand while the API wrote it, and stays so",
                        metadata: ["file": "\(name)"])
                case .readOnly, .missing, .failed:
                    throw .internalError(
                        "the rules did not take effect, and '\(name)' could not be put back",
                        details: "\(error)")
                }
            }
        }
    }

    /// Has the agent take the files as they are by now, and were loaded here.
    private func take(
        _ ruleset: RuleSet, from earlier: String, by author: Author
    ) async throws(APIError) -> RulesAnswer {
        // What a rollback or a promotion holds back was looked at: this is a new decision.
        let request = RulesRequest(
            .reload(isForced: true), author: author.name, message: author.message)
        return try await ask { (agent) throws(APIError) -> RulesAnswer in
            try author.checkAgain()
            // A signal or a rollback may have come since; or the signal found this file.
            let inForce = agent.rulesetDigest
            guard inForce == earlier || inForce == ruleset.digest else {
                throw .rulesChanged(inForce)
            }
            do throws(RequestError) {
                return try agent.control(request, with: ruleset, by: author.userID)
            } catch { throw APIError(error) }
        }
    }
}

extension Agent {
    /// - Parameter tags: rule sets of which one has to be in force; nil: whichever is.
    /// - Throws: `PRECONDITION_FAILED`.
    func expect(_ tags: EntityTags?) throws(APIError) {
        guard let tags, !tags.matchesStrongly(rulesetDigest) else { return }
        throw .rulesChanged(rulesetDigest)
    }
}

extension RulesReport {
    /// Whoever changes one file has not seen what else the directory has that is not in force.
    ///
    /// - Parameter found: what it has.
    /// - Throws: `RULES_HELD`, `FILES_CHANGED`.
    fileprivate func expect(_ found: [TextDirectory.File]) throws(APIError) {
        let files = try? RuleFile.all(found)
        let inForce = RuleFile.digest(of: ruleset?.writtenFiles ?? [])
        guard files.map({ RuleFile.digest(of: $0) }) != inForce else { return }
        if let heldBy { throw .rulesHeld(by: heldBy) }
        let areGood = files.map { (try? RuleSetLoader.load($0)) != nil } ?? false
        throw areGood ? APIError.filesChanged : .filesWrong
    }
}

extension RuleFolder {
    /// A change that is good with all other files, and is not written yet.
    fileprivate func prepared(
        _ name: String, _ change: RuleEditor.Change, knowing report: RulesReport?
    ) throws(APIError) -> RuleEditor.Written {
        let former = try telling { (folder) throws(RuleFolderError) in try folder.version(name) }
        var added: [RuleFile] = []
        var later = former.removed
        switch change {
        case .write(let text):
            added = [RuleFile(name: name, text: text)]
            later = former.with(text)
        case .remove: guard former.exists else { throw .noRuleFile(name) }
        }
        let found = try listed()
        if let report { try report.expect(found) }
        let others = found.filter { !$0.name.hasSameBytes(as: name) }
        do throws(RuleSetErrors) {
            let files = (try RuleFile.all(others) + added).sorted {
                $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
            }
            return RuleEditor.Written(
                former: former, later: later, ruleset: try RuleSetLoader.load(files))
        } catch { throw APIError(error) }
    }

    /// Does something with the folder, and tells what is wrong to whoever asked for it.
    fileprivate func telling<Answer>(
        _ body: (RuleFolder) throws(RuleFolderError) -> Answer
    ) throws(APIError) -> Answer {
        do throws(RuleFolderError) { return try body(self) } catch {
            throw APIError(error, directory: path)
        }
    }

    fileprivate func listed() throws(APIError) -> [TextDirectory.File] {
        do throws(TextDirectoryError) { return try files() } catch {
            if error == .doesNotExist { throw APIError(.missing, directory: path) }
            var unreadable = APIError.unavailable("the rule directory cannot be read")
            unreadable.details = "\(path) \(error)"
            throw unreadable
        }
    }
}
