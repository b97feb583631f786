import ArgumentParser
import Glibc

/// What a person asks of the agent and its files. It reads, but for the commands that say
/// otherwise; those have the agent do it.
@main
struct Jameyctl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jameyctl",
        abstract: "Asks the agent, and looks into its store and its rules.",
        discussion: """
            Exit codes: 0 done; 1 an expression has no value, a test failed, rule sets \
            differ, a replay decides otherwise, a backtest found what --fail-on names, there is \
            no such memory, soul, decision, rule set, alert, device or key, the audit chain is \
            broken, the status is not online, a proposal is denied, or doctor found an error; 64 \
            wrong command line; 65 wrong rules, tests, expression, payload or store, or the agent \
            refuses what was asked; 66 no such file or directory; 69 no agent answers there, what \
            answers is none or an older one, or it is not to be trusted; 70 the agent has failed \
            inside, its log says why; 74 reading or writing failed; 75 not now or not done yet, \
            standard error says what to do: another program locks the store, the agent does not \
            answer in time, does not run, has too much to do or another job, or the forgetting of \
            an entity is not done; 77 no permission, or a key that does not suffice; 128 + N \
            ended by signal N. When the reader of a pipe has enough (| head), the end is quiet \
            and the code 0.
            """,
        version: Version.text,
        subcommands: [
            StatusCommand.self, TopCommand.self, AlertsCommand.self, EvaluateCommand.self,
            DevicesCommand.self, KeysCommand.self, ReloadCommand.self, DoctorCommand.self,
            DecisionsCommand.self, MemoryCommand.self, LogCommand.self, RulesCommand.self,
            CELCommand.self, SoulCommand.self, ReplayCommand.self, WhyCommand.self,
            WhyNotCommand.self, BacktestCommand.self, ShadowCommand.self, AuditCommand.self,
        ])

    static func main() {
        // A reader that goes away is an error of a write, which ends the command quietly.
        signal(SIGPIPE, SIG_IGN)
        main(nil)
    }
}

/// `jameyctl log`
struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "The event log.", subcommands: [LogExportCommand.self])
}

/// `jameyctl rules`
struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Routes and rules.",
        subcommands: [
            RulesCheckCommand.self, RulesTestCommand.self, RulesExplainCommand.self,
            RulesScoreCommand.self, RulesShowCommand.self, RulesHistoryCommand.self,
            RulesDiffCommand.self, RulesReloadCommand.self, RulesRollbackCommand.self,
            RulesPromoteCommand.self,
        ])
}

/// `jameyctl cel`
struct CELCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cel", abstract: "The language of conditions.",
        subcommands: [CELEvalCommand.self])
}
