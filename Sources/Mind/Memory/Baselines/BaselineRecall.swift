import CEL
import Core

/// Answers the calls of `baseline.*` about one message: what was learned before it is asked, and is
/// left as it is.
struct BaselineRecall {
    /// nil where the route learns nothing.
    private var plan: BaselinePlan?
    /// nil where nothing was learned yet.
    private var baseline: RouteBaseline?
    /// What the message says; nil where a timer asks once more about the last one.
    private var document: JSONDocument?
    private var now = Timestamp(microseconds: 0)
    /// Several rules may ask for it.
    private var score: Double?

    /// Nobody may ask.
    init() {}

    init(
        _ plan: BaselinePlan, _ baseline: RouteBaseline?, _ document: JSONDocument?,
        at now: Timestamp
    ) {
        self.plan = plan
        self.baseline = baseline
        self.document = document
        self.now = now
    }

    /// - Parameter calls: Those of the rule that is asked.
    mutating func answer(
        _ call: HostCall, _ arguments: [Value], among calls: [Rule.BaselineCall]
    ) throws(EvaluationError.Reason) -> Value {
        let expression = StateFunction.expression(of: call)
        let found = calls.firstIndex { $0.expression == expression && $0.place == call.site }
        guard let found, let plan else { throw .unknown(call.name) }
        switch calls[found].function {
        case .joint: return .double(joint())
        case .departed:
            let names = baseline?.joint.map { joint in
                view { joint.departed($0) }
            }
            return .list((names ?? []).map(Value.string))
        case .zscore, .quantile:
            guard let place = plan.place(of: calls[found].field), let value = arguments.first else {
                throw .unknown(call.name)
            }
            guard let reading = value.asDouble else {
                throw .noOverload(call.name, value.kind, nil)
            }
            return .double(field(place, calls[found], reading))
        }
    }

    private func field(_ place: Int, _ call: Rule.BaselineCall, _ reading: Double) -> Double {
        guard let field = baseline?.fields[place] else {
            return call.function == .zscore ? 0 : .nan
        }
        if call.function == .zscore { return field.spread?.score(of: reading, at: now) ?? 0 }
        return field.quantiles?.value(atShare: call.share) ?? .nan
    }

    private mutating func joint() -> Double {
        if let score { return score }
        let score = baseline?.joint.map { joint in view { joint.score($0) } } ?? 0
        self.score = score
        return score
    }

    private func view<Result>(_ body: (JSONView?) -> Result) -> Result {
        guard let document else { return body(nil) }
        return document.withView { body($0) }
    }
}
