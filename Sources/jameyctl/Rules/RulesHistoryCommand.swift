import ArgumentParser
import Core
import Proof
import Store

/// `jameyctl rules history`
struct RulesHistoryCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Shows which rule sets took effect, when, by whom and why, the newest last.",
        discussion: """
            The one in force has a *. One whose files are no longer kept has a -: it can be \
            neither compared nor taken back. Times are UTC. Exits with 1 when none ever took \
            effect. Exit codes: see jameyctl --help.
            """)

    @OptionGroup var store: StoreOption

    @Option(
        name: [.customShort("n"), .long],
        help: "The newest so many, 1 to \(Limits.activationsMax).")
    var limit = 50

    @Flag(help: "One JSON object per line.")
    var json = false

    func validate() throws {
        guard (1...Limits.activationsMax).contains(limit) else {
            throw ValidationError("--limit must be from 1 to \(Limits.activationsMax)")
        }
    }

    func perform() throws(Ending) {
        let reader = try store.open()
        let found: [StoredActivation]
        do throws(ReadError) { found = try reader.activations(limit: limit) } catch {
            throw Ending(error)
        }
        guard !found.isEmpty else {
            throw .failure(Exit.noValue, "no rule set has taken effect yet")
        }
        var output = LineOutput()
        if !json { try output.line(ActivationLine.heading) }
        for (index, stored) in found.enumerated().reversed() {
            let isActive = index == 0
            try output.line(
                json
                    ? stored.json(isActive: isActive)
                    : Array(ActivationLine.text(stored, isActive: isActive).utf8))
        }
        try output.flush()
    }
}

/// One activation for a person.
///
/// ```
///   WHEN                 EVENT       RULE SET      HOW       WHO
/// * 2026-11-28 18:20:11  184467      3f9a1c77e021  reload    ada
///       tighter limit for the presses
/// ```
enum ActivationLine {
    static let heading = "  WHEN (UTC)           EVENT       RULE SET      HOW       WHO"

    static func text(_ stored: StoredActivation, isActive: Bool) -> String {
        let activation = stored.activation
        let mark = isActive ? "*" : stored.isKept ? " " : "-"
        let time = activation.at.rfc3339().prefix(19).split(separator: "T").joined(separator: " ")
        let line = [
            "\(mark) \(time)",
            (activation.eventSequence.map { "\($0)" } ?? "-").padded(to: 10),
            activation.digest.shortDigest.padded(to: 12),
            (activation.how?.rawValue ?? "-").padded(to: 8),
            who(activation),
        ].joined(separator: "  ").cut(to: String.reportColumns)
        guard !activation.message.isEmpty else { return line }
        let message = ("      " + activation.message.printable).wrapped(hanging: 6)
        return ([line] + message).joined(separator: "\n")
    }

    private static func who(_ activation: RuleActivation) -> String {
        if !activation.author.isEmpty { return activation.author.printable.cut(to: 21) }
        return activation.userID.map { "uid \($0)" } ?? "-"
    }
}
