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
    ///   - progress: is told the last event folded after each page of `Limits.readPageRows`; what
    ///     it throws ends the fold.
    ///   - body: false ends the fold.
    /// - Throws: `.store`, `.notYet`, `.overtaken`, `.rulesetMissing`, `.rulesetNotUnderstood`, and
    ///   what the body and `progress` throw.
    public func fold(
        _ mind: inout Mind, through last: EventSequence, under rules: Rules = .recorded,
        before: ((borrowing Mind, Event) -> Void)? = nil,
        progress: Progress? = nil,
        _ body: (Event, Outcome) throws(HistoryError) -> Bool
    ) throws(HistoryError) {
        guard last <= self.last.sequence else { throw .notYet(last, last: self.last) }
        guard mind.sequence < last else { return }
        let pages = PageStream(
            reader, from: mind.sequence + 1, through: last, readsAhead: readsAhead)
        while mind.sequence < last {
            let events: [Event]
            do throws(ReadError) { events = try pages.next() } catch { throw .store(error) }
            guard !events.isEmpty else { throw .overtaken(mind.sequence + 1) }
            for event in events {
                guard event.sequence == mind.sequence + 1 else {
                    throw .overtaken(mind.sequence + 1)
                }
                before?(mind, event)
                let outcome = try take(event, into: &mind, under: rules)
                guard try body(event, outcome) else { return }
            }
            try progress?(mind.sequence)
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
