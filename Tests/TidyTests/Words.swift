/// Words that stand for something the house does not do.
enum Words {
    /// Names that say nothing.
    static func emptyNames(_ file: SourceFile) -> [Finding] {
        let banned = ["Manager", "Helper", "Utils"]
        var findings: [Finding] = []
        if let word = banned.first(where: { file.name.contains($0) }) {
            findings.append(file.finding(0, "a file named \(word)"))
        }
        guard file.isSwift else { return findings }
        let kinds: Set<Substring> = [
            "struct", "class", "enum", "actor", "protocol", "typealias", "extension",
        ]
        for (index, line) in file.code.enumerated() {
            let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
            for (kind, name) in zip(words, words.dropFirst()) where kinds.contains(kind) {
                if banned.contains(where: { name.contains($0) }) {
                    findings.append(file.finding(index, "a type named \(name)"))
                }
            }
        }
        return findings
    }

    /// Work put off.
    static func leftovers(_ file: SourceFile) -> [Finding] {
        // In shell and data there is no telling strings apart, and these scripts need none of them.
        find(["TODO", "FIXME", "XXX"], in: file.codeAndComments, of: file, unlessReasoned: false)
    }

    /// Ways around the compiler; each needs a reason beside it.
    static func evasions(_ file: SourceFile) -> [Finding] {
        guard file.isSwift else { return [] }
        let words = ["fatalError(", "try!", "as!", "@unchecked Sendable", "nonisolated(unsafe)"]
        return find(words, in: file.code, of: file, unlessReasoned: true)
    }

    /// Waiting for time instead of for what is awaited.
    static func sleeps(_ file: SourceFile) -> [Finding] {
        guard file.isSwift else { return [] }
        let words = ["Thread.sleep", "Task.sleep", "usleep(", "nanosleep(", "sleep("]
        return find(words, in: file.code, of: file, unlessReasoned: true)
    }

    /// Priorities before that of the process. Without a privilege the system refuses them, and
    /// libdispatch writes that to the log of the system; with it they go before the loop. A plain
    /// task has that of whoever begins it, which on the main thread is such a one.
    static func priorities(_ file: SourceFile) -> [Finding] {
        guard file.isSwift, file.path.hasPrefix("Sources/") else { return [] }
        var words = [".userInitiated", ".userInteractive", "priority: .high", "TaskPriority.high"]
        if file.module == "Agent" || file.module == "jameyd" { words.append("Task {") }
        return find(words, in: file.code, of: file, unlessReasoned: false)
    }

    /// The mind and its language know no clock and no chance (architecture.md, "Determinism").
    static func impurities(_ file: SourceFile) -> [Finding] {
        guard file.isSwift, file.module == "Mind" || file.module == "CEL" else { return [] }
        let words = [
            "ContinuousClock", "SuspendingClock", "DispatchTime", "SystemRandomNumberGenerator",
            ".random(", ".randomElement(", ".shuffled(", "Date(", "Date.now", "SystemTime",
            "clock_gettime", "gettimeofday", "arc4random", "getrandom",
        ]
        return find(words, in: file.code, of: file, unlessReasoned: false)
    }

    /// Paths that exist on one developer's machine only.
    static func machinePaths(_ file: SourceFile) -> [Finding] {
        let folders = ["work", "Users", "home", "root", "tmp/build", "mnt"]
        return file.lines.indices.compactMap { index in
            let line = file.lines[index]
            for folder in folders {
                let path = "/" + folder + "/"
                for range in line.ranges(of: path) where isRoot(range.lowerBound, in: line) {
                    return file.finding(index, "the path \(path) of one machine")
                }
            }
            return nil
        }
    }

    /// Whether a path begins here and is no part of a longer one.
    private static func isRoot(_ index: Substring.Index, in line: Substring) -> Bool {
        guard index > line.startIndex else { return true }
        let before = line[line.index(before: index)]
        return !before.isLetter && !before.isNumber && !"._-/}*)".contains(before)
    }

    private static func find(
        _ words: [String], in lines: [Substring], of file: SourceFile, unlessReasoned: Bool
    ) -> [Finding] {
        lines.indices.compactMap { index in
            guard let word = words.first(where: { contains($0, in: lines[index]) }) else {
                return nil
            }
            if unlessReasoned, file.hasReason(index) { return nil }
            return file.finding(index, "\(word) without a reason")
        }
    }

    /// A word that begins or ends with a letter must not be part of a longer one.
    static func contains(_ word: String, in line: Substring) -> Bool {
        func isPart(_ character: Character?) -> Bool {
            character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
        }
        return line.ranges(of: word).contains { range in
            let before = line[..<range.lowerBound].last
            let after = line[range.upperBound...].first
            return !(isPart(word.first) && isPart(before)) && !(isPart(word.last) && isPart(after))
        }
    }
}
