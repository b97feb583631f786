import Mind

/// The agent's rule directories, to be read and compiled by whoever asks for a reload, on a thread
/// of their own: no message waits for 10,000 rules then.
public struct RuleDirectories: Sendable {
    let rules: any RuleSource
    /// nil where there is no directory of rules in shadow.
    let shadow: (any RuleSource)?

    /// Reads and compiles all of both, which may take seconds.
    public func load() -> LoadedRules {
        LoadedRules(rules: LoadedFiles(rules), shadow: shadow.map { LoadedFiles($0) })
    }
}

/// What the rule directories had at some moment, and what it is as rules.
public struct LoadedRules: Sendable {
    let rules: LoadedFiles
    let shadow: LoadedFiles?

    /// What is wrong with the files that are to be in force; nil: they are good.
    public var errors: RuleSetErrors? {
        do throws(RuleSetErrors) { _ = try rules.load(try rules.read()) } catch { return error }
        return nil
    }

    /// Of the set that is to be in force; nil: its files are wrong.
    public var digest: String? { (try? rules.load(try rules.read()))?.digest }

    /// Whether the directories have the same files now. Reads them, and compiles nothing.
    func isStill(in directories: RuleDirectories) -> Bool {
        guard rules.isStill(in: directories.rules) else { return false }
        guard let shadow, let source = directories.shadow else { return true }
        return shadow.isStill(in: source)
    }
}

/// Files of a source as they were read from it, with the rule set that they make, or why not.
struct LoadedFiles: RuleSource {
    private let files: Result<[RuleFile], RuleSetErrors>
    private let ruleset: Result<RuleSet, RuleSetErrors>
    /// nil where they could not be read.
    private let digest: String?

    init(_ source: any RuleSource) {
        let files = Result { () throws(RuleSetErrors) -> [RuleFile] in try source.read() }
        self.files = files
        digest = (try? files.get()).map { RuleFile.digest(of: $0) }
        ruleset = Result { () throws(RuleSetErrors) -> RuleSet in
            try source.load(try files.get())
        }
    }

    func read() throws(RuleSetErrors) -> [RuleFile] { try files.get() }

    /// - Parameter files: those that `read` returns.
    func load(_ files: [RuleFile]) throws(RuleSetErrors) -> RuleSet { try ruleset.get() }

    fileprivate func isStill(in source: any RuleSource) -> Bool {
        (try? source.read()).map { RuleFile.digest(of: $0) } == digest
    }
}
