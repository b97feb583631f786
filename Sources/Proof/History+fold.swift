import Core
import Mind
import Store

extension History {
    /// Folds the events behind a mind's last, and hands over each with what the mind concludes.
    ///
    /// - Parameters:
    ///   - mind: of `mindAtStart(before:under:)` or of an earlier fold. When this returns or
    ///     throws, it knows everything that was handed over.
    ///   - last: the last event to be folded; nothing is where the mind knows it already.
    ///   - before: is shown the mind as it is before each event. It may ask the mind, and may copy
    ///     it, which then costs a copy of whatever changes afterwards.
    ///   - progress: is told the last event folded after each page of `Limits.readPageRows`.
    ///   - body: false ends the fold.
    /// - Throws: `.store`, `.notYet`, `.overtaken`, `.rulesetMissing`, `.rulesetNotUnderstood`, and
    ///   what the body throws.
    public func fold(
        _ mind: inout Mind, through last: EventSequence, under rules: Rules = .recorded,
        before: ((borrowing Mind, Event) -> Void)? = nil,
        progress: ((EventSequence) -> Void)? = nil,
        _ body: (Event, Outcome) throws(HistoryError) -> Bool
    ) throws(HistoryError) {
        guard last <= self.last.sequence else { throw .notYet(last, last: self.last) }
        while mind.sequence < last {
            let next = mind.sequence + 1
            let page = try Self.reading { () throws(ReadError) in
                try reader.page(from: next, through: last)
            }
            guard !page.events.isEmpty else { throw .overtaken(next) }
            for event in page.events {
                guard event.sequence == mind.sequence + 1 else {
                    throw .overtaken(mind.sequence + 1)
                }
                before?(mind, event)
                let outcome = try take(event, into: &mind, under: rules)
                guard try body(event, outcome) else { return }
            }
            progress?(mind.sequence)
        }
    }

    private func take(
        _ event: Event, into mind: inout Mind, under rules: Rules
    ) throws(HistoryError) -> Outcome {
        switch rules {
        case .recorded:
            try mind.fold(event) { (digest) throws(HistoryError) in try rulebook.ruleset(digest) }
        case .other: mind.foldIgnoringRules(event)
        }
    }
}
