import ArgumentParser
import Core

/// `jameyctl alerts`
struct AlertsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts", abstract: "Alerts that fire, and who has seen them.",
        subcommands: [AlertsListCommand.self, AlertsAckCommand.self],
        defaultSubcommand: AlertsListCommand.self)
}

/// `jameyctl alerts list`, or `jameyctl alerts`
struct AlertsListCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Shows the alerts that fire, the newest first.",
        discussion: """
            Times are UTC. With --json, each as GET /alerts tells it. Exit codes: see jameyctl \
            --help.
            """)

    @OptionGroup var daemon: DaemonOptions

    @OptionGroup var bound: ListBound

    @Flag(help: "One JSON object per line.")
    var json = false

    func perform() throws(Ending) {
        let list = try daemon.client().list("/alerts", "alerts", limit: bound.limit)
        var table = TextTable(["SINCE (UTC)", "SEVERITY", "RULE", "ENTITY", "SEEN BY", "MESSAGE"])
        table.rows = list.elements.map(Self.row)
        try list.show(table, asJSON: json, nothing: "no alert fires")
    }

    private static func row(_ alert: JSONValue) -> [TextTable.Cell] {
        let severity = alert["severity"]?.string ?? ""
        let seenBy = alert["acknowledgement"]?["by"]?.string
        return [
            TextTable.Cell(alert["since"]?.dayAndTime ?? ""),
            TextTable.Cell(severity, colour(severity)),
            TextTable.Cell(alert["rule"]?.string ?? ""),
            TextTable.Cell(alert["entity"]?.string ?? ""),
            TextTable.Cell(seenBy ?? "-"),
            TextTable.Cell(alert["message"]?.string ?? ""),
        ]
    }

    private static func colour(_ severity: String) -> Paint.Colour? {
        switch severity {
        case "critical": .red
        case "warning": .yellow
        case _: nil
        }
    }
}

/// `jameyctl alerts ack`
struct AlertsAckCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "Says that the alert that fires was seen.",
        discussion: """
            It stays in the audit chain with who said so; an alert that begins anew is another \
            one. Exits with 1 when no such alert fires. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Argument(help: "The rule that raised it.")
    var rule: String

    @Argument(help: "The entity that it is about.")
    var entity: String

    @Option(help: "What is to be said to it.")
    var note: String?

    @Flag(help: "The acknowledgement as one JSON object.")
    var json = false

    func validate() throws {
        guard !rule.isEmpty, !entity.isEmpty else {
            throw ValidationError("name the rule and the entity, as jameyctl alerts shows them")
        }
        let most = Limits.acknowledgementNoteBytesMax
        guard note?.utf8.count ?? 0 <= most else {
            throw ValidationError("--note has at most \(most) bytes")
        }
    }

    func perform() throws(Ending) {
        let body = JSONWriter.object { $0.member("note", ifPresent: note) }
        let missing = Ending.failure(
            Exit.noValue,
            "no alert of '\(rule.printable)' about '\(entity.printable)': it does not fire; "
                + "jameyctl alerts shows which do")
        let answer = try daemon.client().ask(
            DaemonRequest(.post, "/alerts/\(rule)/\(entity)/ack", body: body), missing: missing)
        var output = LineOutput()
        if json {
            try output.line(answer.body)
        } else {
            let by = try answer.json()["acknowledgement"]?["by"]?.string ?? "somebody"
            try output.line("\(rule) of \(entity): seen by \(by)".printable)
        }
        try output.flush()
    }
}
