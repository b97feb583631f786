import ArgumentParser
import Core
import Proof
import Store

/// `jameyctl why`
struct WhyCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Shows why something was decided: every rule, and what it saw.",
        discussion: """
            The decision is shown as it was recorded, and made again from the log, so that the \
            values that each term saw are those of then. Where the log no longer reaches, what \
            was recorded is shown all the same, and the exit code is 65. Exit codes: 0 done; 1 \
            there is no such decision, or it is not made again; 65 see above; the others see \
            jameyctl --help.
            """)

    @OptionGroup var store: StoreOption

    @Argument(help: "The decision, as jameyctl decisions --json names it.")
    var id: String

    @Flag(help: "As one JSON object.")
    var json = false

    func perform() throws(Ending) {
        let history = try store.history()
        let decision = try history.decision(id).decision
        var ending: Ending?
        var reasons: Reasons?
        do throws(HistoryError) {
            reasons = try history.reasons(of: decision.eventSequence)
        } catch { ending = Ending(error) }
        let report = WhyReport(decision, reasons)
        try report.tell(asJSON: json)
        if let ending { throw ending }
        if reasons?.decision(id) != decision {
            throw .failure(
                Exit.noValue,
                "the decision is not made again from the log: jameyctl replay \(id) shows what is")
        }
    }
}
