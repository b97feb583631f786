import ArgumentParser
import Core
import Mind

/// `jameyctl rules diff`
struct RulesDiffCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Shows what differs between two rule sets: rules and routes, then the lines.",
        discussion: """
            Exit codes: 0 they are the same, 1 they differ or there is no such set, 65 a digest \
            that is not unique or wrong files, 66 no such directory or store; the others as in \
            jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @Argument(help: ArgumentHelp(RuleSetReference.help))
    var old: RuleSetReference

    @Argument(help: "Likewise.")
    var new: RuleSetReference

    @OptionGroup var directory: RulesDirectoryOption

    @Flag(help: "Only which rules and routes were added, removed and changed.")
    var summary = false

    @Flag(help: "One JSON object.")
    var json = false

    func perform() throws(Ending) {
        let place = try self.place.resolve()
        let before = try old.files(at: place, directory: directory.path)
        let after = try new.files(at: place, directory: directory.path)
        let difference = RuleSetDifference(from: before, to: after)
        var output = LineOutput()
        if json {
            try output.line(difference.json)
        } else {
            for line in difference.lines(isSummary: summary, Paint()) { try output.line(line) }
        }
        try output.flush()
        if !difference.isEmpty { throw Ending(code: Exit.noValue) }
    }
}

/// `--directory`
struct RulesDirectoryOption: ParsableArguments {
    @Option(
        name: .customLong("directory"), help: "The agent's rule directory.",
        completion: .directory)
    var path = "/etc/jamey/rules.d"
}

/// What differs between two lists of rule files.
struct RuleSetDifference {
    private struct File {
        var name: String
        var old: String?
        var new: String?
    }

    private let names: (old: String, new: String)
    private let files: [File]
    /// nil where a file is no YAML.
    let changes: RuleSetChanges?

    init(
        from old: (name: String, files: [RuleFile]), to new: (name: String, files: [RuleFile])
    ) {
        names = (old.name, new.name)
        changes = RuleSetChanges(from: old.files, to: new.files)
        func text(_ name: String, _ files: [RuleFile]) -> String? {
            files.first { $0.name == name }?.text
        }
        let all = Set((old.files + new.files).map(\.name)).sorted()
        files = all.compactMap { name in
            let file = File(
                name: name, old: text(name, old.files), new: text(name, new.files))
            return file.old == file.new ? nil : file
        }
    }

    var isEmpty: Bool { files.isEmpty }

    func lines(isSummary: Bool, _ paint: Paint) -> [String] {
        guard !isEmpty else { return ["no difference"] }
        var lines = summaryLines(paint)
        if !isSummary { for file in files { lines += Self.lines(file, names, paint) } }
        return lines
    }

    private func summaryLines(_ paint: Paint) -> [String] {
        guard let changes else { return ["a file is no YAML: rules cannot be told apart"] }
        func list(_ kind: String, _ names: RuleSetChanges.Names) -> [String] {
            names.added.map { paint(.green, "+ \(kind) \($0.printable)") }
                + names.removed.map { paint(.red, "- \(kind) \($0.printable)") }
                + names.changed.map { paint(.yellow, "~ \(kind) \($0.printable)") }
        }
        let lines =
            list("route", changes.routes) + list("rule", changes.rules)
            + changes.sections.map { paint(.yellow, "~ section \($0)") }
        return lines.isEmpty ? ["the same routes and rules, written differently"] : lines
    }

    private static func lines(
        _ file: File, _ names: (old: String, new: String), _ paint: Paint
    ) -> [String] {
        func title(_ sign: String, _ set: String, _ text: String?) -> String {
            let name = text == nil ? "/dev/null" : "\(set.shortDigest)/\(file.name.printable)"
            return paint(.bold, "\(sign) \(name)")
        }
        var lines = [title("---", names.old, file.old), title("+++", names.new, file.new)]
        for hunk in LineDifference(from: file.old ?? "", to: file.new ?? "").hunks {
            lines.append(paint(.cyan, hunk.header))
            for line in hunk.lines {
                let text = String(line.kind.rawValue) + line.text.withoutTabs.printable
                switch line.kind {
                case .same: lines.append(text)
                case .removed: lines.append(paint(.red, text))
                case .added: lines.append(paint(.green, text))
                }
            }
        }
        return lines
    }

    var json: [UInt8] {
        JSONWriter.object { json in
            json.member("from", names.old)
            json.member("to", names.new)
            json.member("same", isEmpty)
            if let changes {
                for (key, list) in [("routes", changes.routes), ("rules", changes.rules)] {
                    json.object(key) {
                        $0.member("added", list.added)
                        $0.member("removed", list.removed)
                        $0.member("changed", list.changed)
                    }
                }
                json.member("sections", changes.sections)
            }
            json.array("files") { list in
                for file in files {
                    list.object { json in
                        json.member("name", file.name)
                        let difference = LineDifference(from: file.old ?? "", to: file.new ?? "")
                        json.member(
                            "diff",
                            difference.hunks.flatMap { hunk in
                                [hunk.header]
                                    + hunk.lines.map { String($0.kind.rawValue) + $0.text }
                            }.joined(separator: "\n"))
                    }
                }
            }
        }
    }
}

extension String {
    fileprivate var withoutTabs: String {
        split(separator: "\t", omittingEmptySubsequences: false).joined(separator: "    ")
    }
}
