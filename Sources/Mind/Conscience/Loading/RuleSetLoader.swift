import Core

/// Makes a rule set from the texts of its files: all of it, or all that is wrong with it.
public enum RuleSetLoader {
    /// Checks files as a whole (rules.md, "Routes, rules and verdicts").
    ///
    /// Where they hold neither a route nor a rule, the two rules of `DefaultRules` stand in.
    /// - Parameter files: In the order in which they count, which is that of their names.
    /// - Throws: every error of every file at once; nothing takes effect.
    public static func load(_ files: [RuleFile]) throws(RuleSetErrors) -> RuleSet {
        let own = try read(files, rule: RuleReader.read)
        if own.isEmpty, !files.contains(DefaultRules.file) {
            return try load(files + [DefaultRules.file])
        }
        var table = RouteTable(drafts: own.routes)
        let bound = RuleBinder.bind(own.rules, to: &table)
        try throwErrors(of: own.logs)
        return RuleSet(
            digest: RuleSetDigest.digest(of: files), routes: table.routes, rules: bound,
            files: files, episodes: own.episodes?.policy ?? EpisodePolicy(),
            soul: own.soul?.rules ?? SoulRules()
        ).compiled()
    }

    /// The routes that `load` makes of the files, but for the rules that each lists.
    ///
    /// Of a rule only its keys, its name and what it is on are looked at, and nothing is compiled:
    /// files of which this version reads no condition any more have routes, too.
    /// - Throws: some of the errors of `load`, which loads nothing then.
    public static func routes(of files: [RuleFile]) throws(RuleSetErrors) -> [Route] {
        let own = try read(files, rule: RuleReader.readTarget)
        var table = RouteTable(drafts: own.routes)
        _ = RuleBinder.addRoutes(of: own.rules, to: &table)
        try throwErrors(of: own.logs)
        return table.routes
    }

    /// What the files hold, each part checked by itself.
    private struct Contents {
        var logs: [SourceLog] = []
        var routes: [RouteDraft] = []
        var rules: [RuleDraft] = []
        /// And where they stand: only one file may say it.
        var episodes: (policy: EpisodePolicy, at: YAMLValue)?
        var soul: (rules: SoulRules, at: YAMLValue)?

        var errorCount: Int { logs.reduce(0) { $0 + $1.errors.count } }
        var isEmpty: Bool { routes.isEmpty && rules.isEmpty && logs.allSatisfy(\.errors.isEmpty) }
    }

    /// - Parameter rule: reads one entry of `rules:`.
    private static func read(
        _ files: [RuleFile], rule: (YAMLValue) -> RuleDraft?
    ) throws(RuleSetErrors) -> Contents {
        var contents = Contents()
        guard files.count <= Limits.ruleFilesMax else {
            let message = "\(files.count) rule files: at most \(Limits.ruleFilesMax) are read"
            let name = files[Limits.ruleFilesMax].name
            throw RuleSetErrors(errors: [
                SourceError(file: name, position: .start, message: message)
            ])
        }
        for file in files {
            // Whoever has so many is told of these, and of the others when they are mended.
            if contents.errorCount > Limits.ruleSetErrorsMax { try throwErrors(of: contents.logs) }
            let size = file.text.utf8.count
            let bound = Limits.ruleFileBytesMax
            let log = SourceLog(file: file.name, text: size > bound ? "" : file.text)
            contents.logs.append(log)
            if size > bound {
                log.report("\(size) bytes: a rule file has at most \(bound)", at: .start)
            } else {
                read(log, rule: rule, into: &contents)
            }
        }
        return contents
    }

    private static func read(
        _ log: SourceLog, rule: (YAMLValue) -> RuleDraft?, into contents: inout Contents
    ) {
        guard let root = YAMLValue(document: log),
            let sections = root.mapping(keys: ["routes", "rules", "episodes", "soul"])
        else { return }
        if let routes = sections["routes"], let items = routes.listOrNothing() {
            if contents.routes.count + items.count > Limits.routesMax {
                routes.report("more than \(Limits.routesMax) routes")
            } else {
                contents.routes += items.compactMap(RouteReader.read)
            }
        }
        if let rules = sections["rules"], let items = rules.listOrNothing() {
            if contents.rules.count + items.count > Limits.rulesMax {
                rules.report("more than \(Limits.rulesMax) rules")
            } else {
                contents.rules += items.compactMap(rule)
            }
        }
        if let soul = sections["soul"], isFirst(soul, behind: contents.soul?.at) {
            contents.soul = (SoulReader.read(soul), soul)
        }
        if let episodes = sections["episodes"], isFirst(episodes, behind: contents.episodes?.at),
            let policy = EpisodePolicy.read(episodes)
        {
            contents.episodes = (policy, episodes)
        }
    }

    /// What holds for the whole set is said once.
    private static func isFirst(_ section: YAMLValue, behind first: YAMLValue?) -> Bool {
        guard let first else { return true }
        section.report(
            "a second \(section.name) section",
            hint: "the first is at \(first.log.file):\(first.position.line)")
        return false
    }

    private static func throwErrors(of logs: [SourceLog]) throws(RuleSetErrors) {
        var errors = logs.flatMap { log in log.errors.sorted { $0.position < $1.position } }
        let most = Limits.ruleSetErrorsMax
        if errors.count > most {
            errors.removeSubrange(most...)
            errors[most - 1].message = "too many errors; the rest of the files is not shown"
            errors[most - 1].hint = nil
        }
        if !errors.isEmpty { throw RuleSetErrors(errors: errors) }
    }
}

extension YAMLValue {
    /// A list; `rules:` with nothing behind it is an empty one.
    fileprivate func listOrNothing() -> [YAMLValue]? {
        node.isNull ? [] : list()
    }
}
