import Agent
import Core
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
    }

    private let folder: RuleFolder
    private let port: AgentPort
    private let queue = BlockingQueue(label: "jamey.api.rules", waitingMax: Limits.ruleWorkMax)
    private var isBusy = false
    /// In the order of asking; each is resumed with the turn in its hands.
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(directory: String, port: AgentPort) {
        folder = RuleFolder(path: directory)
        self.port = port
    }

    /// Changes a file of the directory and has the whole set take effect.
    ///
    /// - Parameters:
    ///   - name: of a rule file, within the directory.
    ///   - tags: of the rule set in force, as the author knew it.
    ///   - isForced: also where the directory has other files than those in force, which then take
    ///     effect with this one.
    /// - Throws: `PRECONDITION_FAILED`, `RULES_HELD`, `FILES_CHANGED`, `RULES_REFUSED`,
    ///   `NOT_FOUND`, `READ_ONLY`, `CONFLICT`, `UNAVAILABLE`, and what the agent refuses: nothing
    ///   has changed.
    func change(
        _ name: String, _ change: Change, if tags: EntityTags, isForced: Bool, by author: Author
    ) async throws(APIError) -> RulesAnswer {
        try await takeTurn()
        defer { endTurn() }
        let report = try await report()
        let inForce = report.digest ?? ""
        guard tags.matchesStrongly(inForce) else { throw .rulesChanged(inForce) }
        let plan = try await prepare(name, change, knowing: isForced ? nil : report)
        try await write(plan, change)
        do throws(APIError) {
            return try await take(plan.ruleset, from: inForce, by: author)
        } catch {
            try await putBack(plan.former)
            throw error
        }
    }

    /// What would be wrong with these files as a whole.
    func check(_ files: [RuleFile]) async throws(APIError) -> Result<RuleSet, RuleSetErrors> {
        try await queue.run {
            Result { () throws(RuleSetErrors) in try RuleSetLoader.load(files) }
        }
    }

    // MARK: The steps of a change

    private struct Plan: Sendable {
        let former: RuleFolder.Former
        /// Of the files as they are going to be.
        let ruleset: RuleSet
    }

    /// The rules in force.
    private func report() async throws(APIError) -> RulesReport {
        do throws(PortError) { return try await port.ask { $0.rulesReport() } } catch {
            throw APIError(error)
        }
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

    /// Checks the whole set as it would be.
    ///
    /// - Parameter report: of the rules in force, which the directory's are to be; nil: whatever is
    ///   there.
    private func prepare(
        _ name: String, _ change: Change, knowing report: RulesReport?
    ) async throws(APIError) -> Plan {
        let folder = folder
        return try await queue.run { () throws(APIError) in
            let former = try folder.telling { (folder) throws(RuleFolderError) in
                try folder.former(name)
            }
            var added: [RuleFile] = []
            switch change {
            case .write(let text): added = [RuleFile(name: name, text: text)]
            case .remove: guard former.exists else { throw .noRuleFile(name) }
            }
            let found = try folder.listed()
            if let report { try report.expect(found) }
            let others = found.filter { !$0.name.hasSameBytes(as: name) }
            do throws(RuleSetErrors) {
                let files = (try RuleFile.all(others) + added).sorted {
                    $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
                }
                return Plan(former: former, ruleset: try RuleSetLoader.load(files))
            } catch { throw APIError(error) }
        }
    }

    private func write(_ plan: Plan, _ change: Change) async throws(APIError) {
        let folder = folder
        do throws(APIError) {
            try await queue.run { () throws(APIError) in
                try folder.telling { (folder) throws(RuleFolderError) in
                    switch change {
                    case .write(let text): try folder.replace(plan.former, with: text)
                    case .remove: try folder.remove(plan.former.name)
                    }
                }
            }
        } catch {
            // Mostly nothing has changed yet; what could not be written cannot be put back either.
            try? await putBack(plan.former)
            throw error
        }
    }

    private func putBack(_ former: RuleFolder.Former) async throws(APIError) {
        let folder = folder
        try await queue.runAnyway { () throws(APIError) in
            do throws(RuleFolderError) { try folder.restore(former) } catch {
                throw .internalError(
                    "the rules did not take effect, and '\(former.name)' could not be put back",
                    details: "\(error)")
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
        let taken: Result<RulesAnswer, APIError>
        do throws(PortError) {
            taken = try await port.ask { agent -> Result<RulesAnswer, APIError> in
                Result { () throws(APIError) -> RulesAnswer in
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
        } catch { throw APIError(error) }
        return try taken.get()
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
        guard let heldBy else { throw .filesChanged }
        throw .rulesHeld(by: heldBy)
    }
}

extension RuleFolder {
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
