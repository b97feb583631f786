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

    @OptionGroup var place: PlaceOptions

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
        let found = try ShownActivation.all(at: try place.resolve(), limit: limit)
        guard !found.isEmpty else {
            throw .failure(Exit.noValue, "no rule set has taken effect yet")
        }
        var output = LineOutput()
        if !json { try output.line(ActivationLine.heading) }
        for shown in found.reversed() {
            if json {
                try output.line(shown.json)
            } else {
                try output.line(ActivationLine.text(shown.stored, isActive: shown.isActive))
            }
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
        ].joined(separator: "  ").fitted(to: String.reportColumns)
        guard !activation.message.isEmpty else { return line }
        let message = ("      " + activation.message.printable).wrapped(hanging: 6)
        return ([line] + message).joined(separator: "\n")
    }

    private static func who(_ activation: RuleActivation) -> String {
        if !activation.author.isEmpty { return activation.author.printable.fitted(to: 21) }
        return activation.userID.map { "uid \($0)" } ?? "-"
    }
}
