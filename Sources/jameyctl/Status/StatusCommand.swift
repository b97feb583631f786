import ArgumentParser

/// `jameyctl status`
struct StatusCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows how the agent is, and each of its parts.",
        discussion: """
            Exits with 0 while the status is online, with 1 when it is starting, degraded or \
            stopping. With --json, what GET /status answers. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Flag(help: "As one JSON object.")
    var json = false

    func perform() throws(Ending) {
        let report = try StatusReport(try daemon.client().get("/status"))
        try report.tell(asJSON: json)
        if !report.isOnline { throw Ending(code: Exit.noValue) }
    }
}
