import ArgumentParser
import Core
import Glibc

/// `jameyctl doctor`
struct DoctorCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Looks for what is wrong with the agent on this machine, and says what to do.",
        discussion: """
            It looks at the configuration and the rules (by jameyd --check), at the agent that \
            runs, at the broker and what it refuses, at the permissions of files and sockets, at \
            the store, the disk, the clock and the versions; it changes nothing, and works while \
            the agent is down. Then, and only then, it logs in to the broker in the agent's place \
            (by jameyd --try-login): with all that the agent would show, under its client \
            identifier with -doctor behind it, in a session that ends with the connection. It asks \
            for the agent's subscriptions, drops what comes, and publishes nothing. Run it as \
            root, or as the agent's account, for which nothing is hidden. It passes over \
            JAMEY_URL; an agent that --url names elsewhere is asked, and its version and clock are \
            not compared with those of this machine. --deep reads the whole store and verifies the \
            audit chain: seconds for each GiB. Exits with 0 when there is no error, with 1 when \
            there is; warnings do not count. Other exit codes: see jameyctl --help.
            """)

    @Option(help: "The configuration of jameyd.", completion: .file())
    var config = "/etc/jamey/jamey.yaml"

    @Option(
        help: """
            Where the credentials are that systemd hands over (default: $CREDENTIALS_DIRECTORY, \
            or /etc/jamey/credentials).
            """,
        completion: .directory)
    var credentials: String?

    @OptionGroup var daemon: DaemonOptions

    @Flag(help: "Read the whole store, and verify the audit chain.")
    var deep = false

    @Flag(help: "What was found as one JSON object.")
    var json = false

    func perform() throws(Ending) {
        // A file that cannot be read is a finding, and the rest is as without one.
        let text = try? TextFile.read(config, bytesMax: Limits.configurationBytesMax)
        let outline = ConfigurationOutline(yaml: text ?? "")
        let examination = Examination(
            configuration: config, outline: outline,
            credentials: credentials ?? Self.credentialsDirectory,
            client: try client(outline), isDeep: deep)
        let report = DoctorReport(examination.findings())
        try report.tell(asJSON: json)
        if !report.isWell { throw Ending(code: Exit.noValue) }
    }

    /// It is about this machine: an environment that is for asking another one is passed over.
    /// - Returns: nil where the agent has no local socket, and no other place is named.
    private func client(_ outline: ConfigurationOutline) throws(Ending) -> DaemonClient? {
        if daemon.namesPlace, !daemon.isNamed {
            StandardError.write(
                "jameyctl: doctor looks at this machine and passes over "
                    + "\(DaemonOptions.urlVariable); --url has it ask there")
        }
        let configured = outline.hasAPI ? outline.socket : nil
        guard configured != nil || daemon.isNamed else { return nil }
        return try daemon.client(
            socket: configured ?? DaemonOptions.socketDefault, isHere: true)
    }

    private static var credentialsDirectory: String {
        let named = getenv("CREDENTIALS_DIRECTORY").map { String(cString: $0) }
        return named.flatMap { $0.isEmpty ? nil : $0 } ?? "/etc/jamey/credentials"
    }
}
