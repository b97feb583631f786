import ArgumentParser
import Core
import Proof
import Store

/// `jameyctl soul`
struct SoulCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soul", abstract: "What the agent has come to believe about entities.",
        subcommands: [
            SoulListCommand.self, SoulShowCommand.self, SoulRecordCommand.self,
            SoulSetCommand.self, SoulDecayCommand.self, SoulForgetCommand.self,
        ])
}

/// `jameyctl soul list`
struct SoulListCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Shows entities with their trust and mood.",
        discussion: """
            Only those about which something was recorded; all others have a trust of 0.5. What \
            time has taken since is worked out now. Exit codes: see jameyctl --help.
            """)

    private static let limitDefault = 100

    @OptionGroup var place: PlaceOptions

    @Option(
        help: """
            changed (the newest first), trust (the least first), entity, or evidence (the most \
            first).
            """)
    var sort = SoulOrder.changed

    @Flag(help: "In the opposite order.")
    var reverse = false

    @Option(
        name: [.customShort("n"), .long],
        help: "So many, 1 to \(Limits.soulsShownMax) (default: \(limitDefault)).")
    var limit: Int?

    @Flag(help: "One JSON object per line.")
    var json = false

    func validate() throws {
        if let limit, !(1...Limits.soulsShownMax).contains(limit) {
            throw ValidationError("--limit must be from 1 to \(Limits.soulsShownMax)")
        }
    }

    func perform() throws(Ending) {
        let all = try ShownSoul.all(at: try place.resolve())
        let sorted = sort.sorted(all)
        let ordered = reverse ? sorted.reversed() : sorted
        let shown = ordered.prefix(limit ?? Self.limitDefault)
        var output = LineOutput()
        for soul in shown {
            if json {
                try output.line(soul.json)
            } else {
                try output.line(SoulLine.text(soul.stored, columns: output.columns))
            }
        }
        try output.flush()
        if shown.count < all.count {
            StandardError.write("jameyctl: \(all.count) in all; --limit shows more")
        }
    }
}

/// `--sort`
enum SoulOrder: String, CaseIterable, ExpressibleByArgument {
    case changed, trust, entity, evidence

    func sorted(_ souls: [ShownSoul]) -> [ShownSoul] {
        // Swift's sort is stable: what is equal stays in the order of change.
        let souls = souls.sorted { $0.isChangedLater(than: $1) }
        switch self {
        case .changed: return souls
        case .trust: return souls.sorted { $0.stored.soul.trust < $1.stored.soul.trust }
        case .entity:
            return souls.sorted {
                $0.stored.entity.utf8.lexicographicallyPrecedes($1.stored.entity.utf8)
            }
        case .evidence: return souls.sorted { $0.stored.soul.changes > $1.stored.soul.changes }
        }
    }
}
