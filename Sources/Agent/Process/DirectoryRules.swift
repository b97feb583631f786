import Core
import Mind

/// The operator's rule directory, read anew at the start and at every reload.
public struct DirectoryRules: RuleSource {
    private let path: String

    public init(path: String) { self.path = path }

    public func read() throws(RuleSetErrors) -> [RuleFile] {
        try RuleDirectory.read(path).files
    }
}
