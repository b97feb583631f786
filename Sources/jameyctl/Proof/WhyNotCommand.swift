import ArgumentParser
import Core
import Proof
import Store

/// `jameyctl why-not`
struct WhyNotCommand: EndingCommand {
    static let configuration = CommandConfiguration(
        commandName: "why-not",
        abstract: "Shows what kept a rule from applying, and what would have made it apply.",
        usage: """
            jameyctl why-not <id> <rule> [--url <url> | --database <database>] [--json]
            jameyctl why-not --event <event> <rule> [--database <database>] [--json]
            """,
        discussion: """
            The first term of the rule's condition that did not hold, with the values of then; \
            of a comparison, what would have flipped it. A decision is asked about by its own \
            entity and route: one that a timer made, by what the entity had said last. --event \
            asks where nothing was decided, and needs the store's file. Exit codes: 0 done; 1 \
            there is no such decision, or the rule set in effect then had no such rule; 65 the \
            log does not reach back so far; the others see jameyctl --help.
            """)

    @OptionGroup var place: PlaceOptions

    @Argument(help: "The decision, unless --event is given; then the rule.")
    var names: [String]

    @Option(help: "The event, by its sequence in the log.")
    var event: EventSequence?

    @Flag(help: "As one JSON object.")
    var json = false

    func validate() throws {
        guard names.count == (event == nil ? 2 : 1) else {
            throw ValidationError(
                event == nil ? "a decision and a rule, in this order" : "one rule beside --event")
        }
    }

    func perform() throws(Ending) {
        switch try place.resolve(fileFor: event == nil ? nil : "--event") {
        case .file(let store): try report(try store.history()).tell(asJSON: json)
        case .daemon(let daemon):
            let answer = try daemon.get("/decisions/\(names[0])/why-not/\(names[1])")
            try WhyNotText(answer.body).tell(asJSON: json)
        }
    }

    private func report(_ history: History) throws(Ending) -> WhyNotText {
        let (sequence, decision) = try subject(in: history)
        let reasons: Reasons
        do throws(HistoryError) { reasons = try history.reasons(of: sequence) } catch {
            throw Ending(error)
        }
        let report: WhyNotReport
        do throws(UnknownRule) {
            report = try WhyNotReport(names[names.count - 1], reasons, about: decision)
        } catch { throw .failure(Exit.noValue, error.description.printable) }
        return try WhyNotText(report.json)
    }

    /// What is asked about; no decision where it is the event.
    private func subject(in history: History) throws(Ending) -> (EventSequence, Decision?) {
        if let event { return (event, nil) }
        let decision = try history.decision(names[0]).decision
        return (decision.eventSequence, decision)
    }
}
