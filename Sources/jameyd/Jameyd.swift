import Agent
import ArgumentParser
import Core
import Glibc

/// The daemon's command line. Secrets are never taken from it.
@main
struct Jameyd: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jameyd",
        abstract: "The MQTT edge agent: hears, judges, remembers, and can prove why.",
        discussion: """
            Exit codes: 0 after a stop, and after --try-login whatever the broker has said, 64 for \
            a wrong command line, 71 where the system lacks /proc or refuses signals, 74 for a \
            store that cannot be opened, 75 after a second signal during a stop, 78 for a wrong \
            configuration or wrong rules.
            """,
        version: Version.text)

    @Option(help: "The configuration file.")
    var config = "/etc/jamey/jamey.yaml"

    @Flag(help: "Check the configuration and the rules, tell every error, and change nothing.")
    var check = false

    @Flag(
        help: """
            Log in at the broker in the agent's place, under another client identifier, tell as \
            one JSON object what it refuses, and change nothing: for jameyctl doctor.
            """)
    var tryLogin = false

    func run() throws {
        try Self.requireCommandLine()
        if tryLogin { return try tellLogin() }
        // Before anything starts a thread, so that every signal comes to the loop.
        guard let signals = Daemon.blockSignals() else { throw ExitCode(Exit.system) }
        LargeBlocks.returnWhenFreed()
        switch Preparation.prepare(config, isCheck: check) {
        case .failure(let problems):
            StandardError.write(problems.text)
            throw ExitCode(Exit.configuration)
        case .success(let preparation):
            for notice in preparation.notices where check { StandardError.write(notice) }
            if check { return print("\(config): the configuration and the rules are good") }
            let code = Daemon(preparation, signals: signals).run()
            if code != 0 { throw ExitCode(code) }
        }
    }

    /// Signals end it, and a broker that goes away does not.
    private func tellLogin() throws {
        signal(SIGPIPE, SIG_IGN)
        switch Preparation.login(config) {
        case .failure(let problems):
            StandardError.write(problems.text)
            throw ExitCode(Exit.configuration)
        case .success(let trial): print(String(decoding: trial.run().json, as: UTF8.self))
        }
    }

    /// Swift reads the command line from /proc. In a chroot without it there are no arguments, and
    /// `--check` would run the agent.
    private static func requireCommandLine() throws {
        guard access("/proc/self/cmdline", R_OK) == 0 else {
            StandardError.write("jameyd: there is no /proc, so the command line cannot be read")
            throw ExitCode(Exit.system)
        }
    }
}

/// Exit codes by sysexits.h, which systemd and operators know.
enum Exit {
    static let system: Int32 = 71
    static let store: Int32 = 74
    static let configuration: Int32 = 78
    /// A second signal while stopping.
    static let atOnce: Int32 = 75
}
