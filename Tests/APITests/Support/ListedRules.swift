import Agent
import Mind
import Synchronization

/// Rule files that the test can replace.
final class ListedRules: RuleSource {
    private let files: Mutex<[RuleFile]>

    init(_ yaml: String?) {
        files = Mutex(yaml.map { [RuleFile(name: "rules.yaml", text: $0)] } ?? [])
    }

    func read() throws(RuleSetErrors) -> [RuleFile] { files.withLock { $0 } }
    func replace(_ new: [RuleFile]) { files.withLock { $0 = new } }
}
