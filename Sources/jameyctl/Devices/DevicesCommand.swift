import ArgumentParser
import Core

/// `jameyctl devices`
struct DevicesCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "Shows what was heard of devices last, and how far they are trusted.",
        discussion: """
            Those in working memory, in the order of their names; with a name everything about \
            one. Times are UTC. Exits with 1 when there is no such device. With --json, each as \
            GET /devices tells it. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Argument(help: "Only this one, with everything about it.")
    var entity: String?

    @OptionGroup var bound: ListBound

    @Flag(help: "One JSON object per line.")
    var json = false

    func validate() throws {
        if entity?.isEmpty == true { throw ValidationError("a device has a name") }
    }

    func perform() throws(Ending) {
        let client = try daemon.client()
        if let entity {
            let missing = Ending.failure(
                Exit.noValue,
                "there is no device '\(entity.printable)' in working memory; jameyctl devices "
                    + "shows which are")
            let answer = try client.ask(
                DaemonRequest(.get, "/devices/\(entity)"), missing: missing)
            return try DeviceReport(answer).tell(asJSON: json)
        }
        let list = try client.list("/devices", "devices", limit: bound.limit)
        var table = TextTable(["ENTITY", "LAST SEEN (UTC)", "TRUST", "ALERTS", "VALUES"])
        table.rows = list.elements.map(Self.row)
        try list.show(table, asJSON: json, nothing: "nothing was heard of any device yet")
    }

    private static func row(_ device: JSONValue) -> [TextTable.Cell] {
        let alerts = device["alerts_firing"]?.int ?? 0
        let values = (device["values"]?.object?.members ?? []).map {
            "\($0.name)=\($0.value.shown)"
        }
        return [
            TextTable.Cell(device["entity"]?.string ?? ""),
            TextTable.Cell(device["last_seen"]?.dayAndTime ?? "-"),
            TextTable.Cell(device["trust"]?.double.map { SoulLine.number($0) } ?? "-"),
            TextTable.Cell("\(alerts)", alerts > 0 ? .red : nil),
            TextTable.Cell(values.joined(separator: " ")),
        ]
    }
}
