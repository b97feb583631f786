import Core

extension Mind {
    /// Takes in the next event of the log again, as when it was recorded: a start, a replay and an
    /// explanation are this, one event after the other (decision 0001).
    ///
    /// - Parameter ruleset: finds the rule set of a digest, where the event lets one take effect.
    public mutating func fold<Failure: Error>(
        _ event: Event, _ ruleset: (String) throws(Failure) -> RuleSet
    ) throws(Failure) -> Outcome {
        if case .ruleset(let digest) = event.body {
            return activate(try ruleset(digest), by: event)
        }
        return perceive(event, isLogged: true)
    }

    /// The same under whatever rules are in effect: where the log lets others take effect, only
    /// time passes.
    public mutating func foldIgnoringRules(_ event: Event) -> Outcome {
        guard case .ruleset = event.body else { return perceive(event, isLogged: true) }
        return perceive(
            Event(sequence: event.sequence, at: event.at, body: .tick), isLogged: true)
    }

    /// Lets other rules take effect where the log has no event for it: what would they decide?
    ///
    /// What was known goes on as at an activation; what an activation would decide is left out.
    public mutating func suppose(_ ruleset: RuleSet) {
        let (place, time) = (sequence, now)
        let event = Event(sequence: place + 1, at: time, body: .ruleset(digest: ruleset.digest))
        _ = activate(ruleset, by: event)
        (sequence, now) = (place, time)
    }
}
