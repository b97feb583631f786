import ArgumentParser
import Core

/// `jameyctl keys`
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "The API keys by which others get in.",
        subcommands: [
            KeysListCommand.self, KeysCreateCommand.self, KeysRotateCommand.self,
            KeysRevokeCommand.self,
        ],
        defaultSubcommand: KeysListCommand.self)
}

/// `jameyctl keys list`, or `jameyctl keys`
struct KeysListCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Shows the keys, the oldest first, without their secrets.",
        discussion: """
            Times are UTC; the last use is written down once a minute. With --json, each as GET \
            /keys tells it. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var daemon: DaemonOptions

    @OptionGroup var bound: ListBound

    @Flag(help: "One JSON object per line.")
    var json = false

    func perform() throws(Ending) {
        let list = try daemon.client().list("/keys", "keys", limit: bound.limit)
        let now = SystemTime().now()
        var table = TextTable(["ID", "ROLE", "STATE", "LAST USED (UTC)", "NAME"])
        table.rows = list.elements.map { Self.row($0, at: now) }
        try list.show(table, asJSON: json, nothing: "there are no keys")
    }

    private static func row(_ key: JSONValue, at now: Timestamp) -> [TextTable.Cell] {
        [
            TextTable.Cell(key["id"]?.string ?? ""),
            TextTable.Cell(key["role"]?.string ?? ""),
            state(of: key, at: now),
            TextTable.Cell(key["last_used_at"]?.dayAndTime ?? "never"),
            TextTable.Cell(key["name"]?.string ?? ""),
        ]
    }

    private static func state(of key: JSONValue, at now: Timestamp) -> TextTable.Cell {
        if key["revoked_at"]?.string != nil { return TextTable.Cell("revoked", .red) }
        guard let text = key["expires_at"]?.string, let end = try? Timestamp(rfc3339: text) else {
            return TextTable.Cell("good", .green)
        }
        if end <= now { return TextTable.Cell("expired", .red) }
        return TextTable.Cell("good until \(text.prefix(10))", .green)
    }
}

/// `jameyctl keys create`
struct KeysCreateCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Makes a key, which is shown this once.",
        discussion: """
            The key goes to standard output, and everything else to standard error: jameyctl keys \
            create grafana >key. With --output it goes into a file of mode 0600 instead, in place \
            of what was there. A viewer reads; an operator also evaluates, acknowledges, \
            remembers, sets trust, and has backtests and replays done; an admin also changes rules \
            and keys, forgets, and reads the audit chain and everything about an entity at once. \
            Exit codes: see jameyctl --help.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Argument(help: "What it is for: grafana, ada's laptop.")
    var name: String

    @Option(help: "viewer, operator or admin.")
    var role = Role.viewer

    @Option(help: "How long it is good for: 90d, 12h (default: until it is revoked).")
    var expiresIn: String?

    @OptionGroup var delivery: KeyDelivery

    func validate() throws {
        guard (1...Limits.keyNameBytesMax).contains(name.utf8.count) else {
            throw ValidationError("the name must have 1 to \(Limits.keyNameBytesMax) bytes")
        }
        try KeyDelivery.check(expiresIn, "--expires-in", in: Limits.keyLifetimes)
    }

    func perform() throws(Ending) {
        let body = JSONWriter.object { json in
            json.member("name", name)
            json.member("role", role.rawValue)
            json.member("expires_in", ifPresent: expiresIn)
        }
        let client = try daemon.client()
        try delivery.deliver { () throws(Ending) in try client.post("/keys", body) }
    }
}

/// `jameyctl keys rotate`
struct KeysRotateCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Gives a key a new secret, which is shown this once.",
        discussion: """
            The secret before stays good for a while, so that its users can change over. The key \
            goes to standard output, and everything else to standard error. Exits with 1 when \
            there is no such key. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var daemon: DaemonOptions

    @OptionGroup var key: KeyID

    @Option(
        help: """
            How long the secret before stays good, 0s to \(Limits.keyOverlapMax.text) (default: \
            \(Limits.keyOverlapDefault.text)).
            """)
    var overlap: String?

    @OptionGroup var delivery: KeyDelivery

    func validate() throws {
        try KeyDelivery.check(overlap, "--overlap", in: .zero...Limits.keyOverlapMax)
    }

    func perform() throws(Ending) {
        let body = JSONWriter.object { $0.member("overlap", ifPresent: overlap) }
        let client = try daemon.client()
        try delivery.deliver { () throws(Ending) in
            try client.ask(
                DaemonRequest(.post, "/keys/\(key.id)/rotate", body: body), missing: .noKey)
        }
    }
}

/// `jameyctl keys revoke`
struct KeysRevokeCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Ends a key at once, and for good.",
        discussion: """
            It says nothing where that is done. Exits with 1 when there is no such key. Exit \
            codes: see jameyctl --help.
            """)

    @OptionGroup var daemon: DaemonOptions

    @OptionGroup var key: KeyID

    @OptionGroup var confirmation: Confirmation

    func perform() throws(Ending) {
        try daemon.client().ask(DaemonRequest(.delete, "/keys/\(key.id)"), missing: .noKey)
        try confirmation.tell {
            $0.member("id", key.id)
            $0.member("revoked", true)
        }
    }
}

/// Which key.
struct KeyID: ParsableArguments {
    @Argument(help: "Its id: 12 hexadecimal digits, as jameyctl keys shows it.")
    var id: String

    func validate() throws {
        guard StoredKey.number(of: id) != nil else {
            throw ValidationError("a key's id has 12 hexadecimal digits; jameyctl keys shows them")
        }
    }
}

extension Ending {
    fileprivate static let noKey = Ending.failure(
        Exit.noValue, "there is no such key; jameyctl keys shows which are")
}

extension Role: ExpressibleByArgument {}
