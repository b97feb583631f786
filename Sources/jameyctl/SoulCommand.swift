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

    @OptionGroup var store: StoreOption

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
        let reader = try store.open()
        let all: [StoredSoul]
        do throws(ReadError) {
            all = try reader.currentSouls(at: SystemTime().now())
        } catch { throw Ending(error) }
        let sorted = sort.sorted(all)
        let ordered = reverse ? sorted.reversed() : sorted
        let shown = ordered.prefix(limit ?? Self.limitDefault)
        var output = LineOutput()
        for soul in shown {
            if json {
                try output.line(soul.json)
            } else {
                try output.line(SoulLine.text(soul, columns: output.columns))
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

    /// - Parameter souls: the one changed last first.
    func sorted(_ souls: [StoredSoul]) -> [StoredSoul] {
        // Swift's sort is stable: what is equal stays in that order.
        switch self {
        case .changed: souls
        case .trust: souls.sorted { $0.soul.trust < $1.soul.trust }
        case .entity:
            souls.sorted { $0.entity.utf8.lexicographicallyPrecedes($1.entity.utf8) }
        case .evidence: souls.sorted { $0.soul.changes > $1.soul.changes }
        }
    }
}
