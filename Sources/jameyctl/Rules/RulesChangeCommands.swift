import ArgumentParser
import Core
import Store

/// `jameyctl rules reload`
struct RulesReloadCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Has the agent read its rule directory again, as SIGHUP does, and says why.",
        discussion: """
            As jameyctl reload; with --database or --user by the agent of that store, which takes \
            the right to write there. Wrong files change nothing. While a rollback or a promotion \
            holds, the directory's files take effect only once they have changed, or with --force. \
            Exit codes: 65 the files are wrong; 69 no agent answers there; 75 no agent has the \
            store of --database open; the others as in jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @OptionGroup var reason: ReasonOption

    @Flag(help: "Also where a rollback or a promotion holds.")
    var force = false

    @Flag(help: "Shows what came of it as one JSON object.")
    var json = false

    func validate() throws { try reason.check() }

    func perform() throws(Ending) {
        let answer = try reason.carryOut(
            .reload(isForced: force), at: try reason.author.resolve(place))
        try RulesAnswerText(json: json).showReload(answer)
    }
}

/// `jameyctl rules rollback`
struct RulesRollbackCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Has a rule set take effect again that was in force before.",
        discussion: """
            It is an event of the log. The rule directory is not touched: the set stays in force, \
            over restarts too, until the directory's files are others than now. Exits with 1 when \
            there is no such set or its files are no longer kept, with 69 when no agent \
            answers there, with 75 when none has the store of --database open. Exit codes: see \
            jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @Argument(help: "The set's digest or its first digits; see jameyctl rules history.")
    var digest: String

    @OptionGroup var reason: ReasonOption

    @Flag(help: "Shows what came of it as one JSON object.")
    var json = false

    func validate() throws {
        guard case .digest? = RuleSetReference(argument: digest) else {
            throw ValidationError(
                "a digest has \(Limits.digestPrefixMin) hexadecimal digits at least")
        }
        try reason.check()
    }

    func perform() throws(Ending) {
        guard case .digest(let prefix)? = RuleSetReference(argument: digest) else { return }
        let place = try reason.author.resolve(place)
        let whole = try RuleSetReference.complete(prefix, at: place)
        let answer = try reason.carryOut(.rollback(digest: whole), at: place)
        try RulesAnswerText(json: json).show(answer) {
            switch $0 {
            case .activated, .held:
                """
                these rules are in force again, over restarts too, until the files of the rule
                directory change. Mend the files there; `jameyctl rules reload --force` takes
                them as they are
                """
            case .unchanged: "this rule set is in force already"
            }
        }
    }
}

/// `--message` and `--user`
struct ReasonOption: ParsableArguments {
    @Option(name: [.short, .long], help: "Why; it stays in the history.")
    var message: String?

    @OptionGroup var author: AuthorOption

    fileprivate func request(_ action: RulesRequest.Action) -> RulesRequest {
        RulesRequest(action, author: author.name, message: message ?? "")
    }

    /// Checks it as the agent will.
    func check() throws(ValidationError) {
        do throws(RequestError) {
            _ = try RulesRequest(json: request(.promote).json)
        } catch { throw ValidationError(error.message) }
    }

    func carryOut(
        _ action: RulesRequest.Action, at place: Place
    ) throws(Ending) -> RulesAnswer {
        switch place {
        case .file(let store): try store.carryOut(request(action))
        case .daemon(let daemon): try daemon.carryOut(action, message: message)
        }
    }
}

/// What came of a change of rules.
struct RulesAnswerText {
    var json: Bool

    func show(
        _ answer: RulesAnswer, _ text: (RulesAnswer.Outcome) -> String
    ) throws(Ending) {
        var output = LineOutput()
        if json {
            try output.line(answer.json)
        } else {
            try output.line(answer.ruleset)
            if let sequence = answer.eventSequence { try output.line("event \(sequence)") }
            try output.line(text(answer.outcome))
        }
        try output.flush()
    }

    /// Of rule directories that were read again.
    func showReload(_ answer: RulesAnswer) throws(Ending) {
        try show(answer) {
            switch $0 {
            case .activated: "the directory's rules are in force"
            case .unchanged: "the rules are as before"
            case .held:
                """
                nothing was done: a rollback or a promotion holds until the files of the rule
                directory change; --force takes them as they are
                """
            }
        }
    }
}
