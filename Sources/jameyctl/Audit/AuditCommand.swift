import ArgumentParser
import Core
import Proof
import Store

/// `jameyctl audit`
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "The chain that shows whether anything decided was changed afterwards.",
        subcommands: [AuditVerifyCommand.self, AuditHeadCommand.self, AuditListCommand.self])
}

/// `jameyctl audit head`
struct AuditHeadCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "head",
        abstract: "Shows the newest link, to be held elsewhere.",
        discussion: """
            As SEQ:HASH, which audit verify --head takes. It is not verified by that, and nothing \
            is signed: the agent publishes it on audit/head, signed where it has a key. Exit \
            codes: see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @Flag(help: "As it is published, without a signature.")
    var json = false

    func perform() throws(Ending) {
        let head = try head(at: try place.resolve())
        var output = LineOutput()
        if json {
            try output.line(head.json)
        } else {
            try output.line("\(head.seq):\(Hexadecimal.text(of: head.hash))")
        }
        try output.flush()
    }

    private func head(at place: Place) throws(Ending) -> PublishedHead {
        switch place {
        case .file(let store):
            let reader = try store.open()
            do throws(ReadError) { return PublishedHead(try reader.auditHead()) } catch {
                throw Ending(error)
            }
        case .daemon(let daemon):
            guard let head = PublishedHead(json: try daemon.get("/audit/head").body) else {
                throw DaemonAnswer.foreign
            }
            return head
        }
    }
}

/// `jameyctl audit list`
struct AuditListCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Shows links of the audit chain, the newest last.",
        discussion: """
            Each is a line with its number, time (UTC), kind, what it is about and the beginning \
            of its hash. They are shown as they stand; audit verify says whether they are whole. \
            Exit codes: see jameyctl --help.
            """)

    private static let limitDefault = 50

    @OptionGroup var place: PlaceOptions

    @Flag(help: "One JSON object per line.")
    var json = false

    @Option(
        name: [.customShort("n"), .long],
        help: """
            The newest so many, 0 to \(Limits.auditShownMax) \
            (default: \(limitDefault); with --since, \(Limits.auditShownMax)).
            """)
    var limit: Int?

    @Option(
        help: """
            Only these: decision, ruleset, activation, trust, forgetting, configuration, \
            credential, access, key, acknowledgement, removal or beginning.
            """)
    var kind: AuditKind?

    @Option(help: "Only those since then: 2h, 1h30m, 7d, or 2026-03-01T12:00:00Z.")
    var since: String?

    func validate() throws {
        if let limit, !(0...Limits.auditShownMax).contains(limit) {
            throw ValidationError("--limit must be from 0 to \(Limits.auditShownMax)")
        }
        _ = try start(now: SystemTime().now())
    }

    private func start(now: Timestamp) throws(ValidationError) -> Timestamp? {
        guard let since else { return nil }
        return try Since(since, now: now).time
    }

    func perform() throws(Ending) {
        let start: Timestamp?
        do throws(ValidationError) {
            start = try self.start(now: SystemTime().now())
        } catch { throw .failure(Exit.data, error.message) }
        let limit = self.limit ?? (start == nil ? Self.limitDefault : Limits.auditShownMax)
        var search = AuditSearch(kind: kind?.kind, since: start, limit: limit)
        // Whoever names no number expects all since then.
        search.tellsMore = self.limit == nil && start != nil
        let found = try search.found(at: try place.resolve())
        var output = LineOutput()
        for link in found.links.reversed() {
            if json {
                try output.line(link.json)
            } else {
                try output.line(AuditLine.text(link.link, columns: output.columns))
            }
        }
        try output.flush()
        if search.tellsMore, found.isMore {
            StandardError.write(
                "jameyctl: there are more since then; these are the newest \(limit): ask for one "
                    + "--kind, or from later on")
        }
    }
}

/// `--kind`
enum AuditKind: String, CaseIterable, ExpressibleByArgument {
    case beginning, decision, ruleset, activation, trust, forgetting, configuration, removal
    case credential, access, key, acknowledgement

    var kind: AuditLink.Kind {
        switch self {
        case .beginning: .beginning
        case .decision: .decision
        case .ruleset: .ruleset
        case .activation: .activation
        case .trust: .trust
        case .forgetting: .forgetting
        case .configuration: .configuration
        case .removal: .removal
        case .credential: .credential
        case .access: .access
        case .key: .key
        case .acknowledgement: .acknowledgement
        }
    }
}
