import CEL
import Core

/// Answers the calls of one rule that remember, for one entity at one moment.
struct RuleRecall {
    let sites: [Rule.Site]
    /// As it was after the last event; empty where nothing is kept yet.
    let kept: [SiteState]
    let now: Timestamp
    /// Whether what is passed is new, rather than looked at once more when a timer fires.
    let isNew: Bool

    /// The state is left as it is: it takes the message in only when that is recorded.
    func answer(
        _ call: HostCall, _ arguments: [Value]
    ) throws(EvaluationError.Reason) -> Value {
        let expression = StateFunction.expression(of: call)
        let found = sites.firstIndex {
            $0.expression == expression && $0.place == call.site
        }
        guard let found, let value = arguments.first else { throw .unknown(call.name) }
        let sample = try Sample(value, for: sites[found].kind)
        let state = found < kept.count ? kept[found] : SiteState(sites[found].kind)
        switch (state, sites[found].kind, sample) {
        case (.window(let window), .window(let plan), .number(let number)):
            return try window.value(of: plan, at: now, adding: isNew ? number : nil)
        case (.changed(let last), .changed, .text(let text)):
            return .bool(last != nil && last != text)
        case (.window, _, _), (.changed, _, _): throw .unknown(call.name)
        }
    }
}
