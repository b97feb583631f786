import CEL
import Core

/// One call of `over.*` in a rule, as it is written there.
struct WindowPlan: Equatable, Sendable {
    enum Function: String, CaseIterable, Sendable {
        case avg, min, max, sum, count, rate, stddev, quantile

        /// As expressions write it.
        var name: String { "over.\(rawValue)" }
    }

    var function: Function
    /// The window is `(now − span, now]`.
    var span: Duration
    /// In 0...1; of `over.quantile` only.
    var share = 0.0
}

/// The samples that one call of `over.*` sees for one entity.
enum Window: Equatable, Sendable {
    case count(PaneWindow<SampleCount>)
    case least(PaneWindow<LeastSample>)
    case greatest(PaneWindow<GreatestSample>)
    case sum(PaneWindow<SampleSum>)
    case deviation(PaneWindow<Deviation>)
    case rise(PaneWindow<CounterRise>)
    case quantile(QuantileWindow)

    init(_ plan: WindowPlan) {
        switch plan.function {
        case .count: self = .count(PaneWindow(span: plan.span))
        case .min: self = .least(PaneWindow(span: plan.span))
        case .max: self = .greatest(PaneWindow(span: plan.span))
        case .sum, .avg: self = .sum(PaneWindow(span: plan.span))
        case .stddev: self = .deviation(PaneWindow(span: plan.span))
        case .rate: self = .rise(PaneWindow(span: plan.span))
        case .quantile: self = .quantile(QuantileWindow(span: plan.span))
        }
    }

    /// Takes in a finite sample that is not older than those before.
    mutating func add(_ sample: Double, at time: Timestamp) {
        switch self {
        case .count(let window): self = .count(adding(sample, at: time, to: window))
        case .least(let window): self = .least(adding(sample, at: time, to: window))
        case .greatest(let window): self = .greatest(adding(sample, at: time, to: window))
        case .sum(let window): self = .sum(adding(sample, at: time, to: window))
        case .deviation(let window): self = .deviation(adding(sample, at: time, to: window))
        case .rise(let window): self = .rise(adding(sample, at: time, to: window))
        case .quantile(var window):
            self = Self.none
            window.add(sample, at: time)
            self = .quantile(window)
        }
    }

    /// The window is taken out of its case first, so that its arrays are changed in place.
    private mutating func adding<Value>(
        _ sample: Double, at time: Timestamp, to window: consuming PaneWindow<Value>
    ) -> PaneWindow<Value> {
        var window = window
        self = Self.none
        window.add(sample, at: time)
        return window
    }

    private static let none = Window.count(PaneWindow(span: .zero))

    /// What the function gives at a time, one more sample counted in.
    ///
    /// Leaves the window as it is. A count is an int, everything else a double.
    /// - Throws: `.overflow` where the result is beyond a double; `.noElement` where the window is
    ///   empty and the function has no value then.
    func value(
        of plan: WindowPlan, at now: Timestamp, adding sample: Double?
    ) throws(EvaluationError.Reason) -> Value {
        let result: Double?
        switch self {
        case .count(let window):
            return .int(Int64(window.value(at: now, adding: sample)?.count ?? 0))
        case .sum(let window):
            let sum = window.value(at: now, adding: sample)
            result = plan.function == .sum ? (sum?.total ?? 0) : sum?.mean
        case .least(let window): result = window.value(at: now, adding: sample)?.value
        case .greatest(let window): result = window.value(at: now, adding: sample)?.value
        case .deviation(let window): result = window.value(at: now, adding: sample)?.standard
        case .rise(let window): result = window.value(at: now, adding: sample)?.perSecond
        case .quantile(let window):
            result = window.value(share: plan.share, at: now, adding: sample)
        }
        guard let result else { throw .invalidArgument("'\(plan.function.name)' has no sample") }
        guard result.isFinite else { throw .overflow("'\(plan.function.name)'") }
        return .double(result)
    }

    var estimatedBytes: Int {
        switch self {
        case .count(let window): window.estimatedBytes
        case .least(let window): window.estimatedBytes
        case .greatest(let window): window.estimatedBytes
        case .sum(let window): window.estimatedBytes
        case .deviation(let window): window.estimatedBytes
        case .rise(let window): window.estimatedBytes
        case .quantile(let window): window.estimatedBytes
        }
    }
}

extension Window {
    /// Without the plan, which the rule holds.
    func encode(to encoder: inout CheckpointEncoder) {
        switch self {
        case .count(let window): window.encode(to: &encoder)
        case .least(let window): window.encode(to: &encoder)
        case .greatest(let window): window.encode(to: &encoder)
        case .sum(let window): window.encode(to: &encoder)
        case .deviation(let window): window.encode(to: &encoder)
        case .rise(let window): window.encode(to: &encoder)
        case .quantile(let window): window.encode(to: &encoder)
        }
    }

    init(_ plan: WindowPlan, from decoder: inout CheckpointDecoder) throws(CheckpointError) {
        let span = plan.span
        switch plan.function {
        case .count: self = .count(try PaneWindow(span: span, from: &decoder))
        case .min: self = .least(try PaneWindow(span: span, from: &decoder))
        case .max: self = .greatest(try PaneWindow(span: span, from: &decoder))
        case .sum, .avg: self = .sum(try PaneWindow(span: span, from: &decoder))
        case .stddev: self = .deviation(try PaneWindow(span: span, from: &decoder))
        case .rate: self = .rise(try PaneWindow(span: span, from: &decoder))
        case .quantile: self = .quantile(try QuantileWindow(span: span, from: &decoder))
        }
    }
}
