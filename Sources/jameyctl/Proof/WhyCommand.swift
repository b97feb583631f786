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

    @OptionGroup var place: PlaceOptions

    @Argument(help: "The decision, as jameyctl decisions --json names it.")
    var id: String

    @Flag(help: "As one JSON object.")
    var json = false

    func perform() throws(Ending) {
        switch try place.resolve() {
        case .file(let store):
            let history = try store.history()
            let decision = try history.decision(id).decision
            var reasons: Reasons?
            var ending: Ending?
            do throws(HistoryError) {
                reasons = try history.reasons(of: decision.eventSequence)
            } catch { ending = Ending(error) }
            try show(WhyText(WhyReport(decision, reasons).json, of: decision), ending)
        case .daemon(let daemon):
            let request = DaemonRequest(.get, "/decisions/\(id)/why")
            let answer = try daemon.ask(request, missing: .noDecision(id))
            guard let decision = answer.piece["decision"].flatMap({ Decision($0) }) else {
                throw DaemonAnswer.foreign
            }
            try show(WhyText(answer.body, of: decision), nil)
        }
    }

    /// - Parameter ending: why it is not made again, where that is known.
    private func show(_ text: WhyText, _ ending: Ending?) throws(Ending) {
        try text.tell(asJSON: json)
        if let ending { throw ending }
        guard let isRepeated = text.isRepeated else {
            throw .failure(
                Exit.data,
                "the log no longer reaches back so far that it could be made again: what was "
                    + "recorded is shown")
        }
        guard isRepeated else {
            throw .failure(
                Exit.noValue,
                "the decision is not made again from the log: jameyctl replay \(id) shows what is")
        }
    }
}
