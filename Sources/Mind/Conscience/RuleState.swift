import CEL
import Core

/// What one rule keeps about one entity.
struct RuleState: Sendable {
    /// What its timer is going to do.
    enum Wait: UInt8, Sendable {
        /// `for` or `cooldown`: the condition holds, the alert is to be raised.
        case raise = 1
        /// `keep_firing_for`: the condition holds no longer, the alert is to be resolved.
        case resolve = 2
        /// `absent`: nothing was heard since.
        case absent = 3
    }

    struct Timer: Sendable {
        var wait: Wait
        var handle: TimerQueue<RuleMemory.TimerKey>.Handle
        /// Where the message came from that set it: what the alert tells is told of that.
        var route: Int
        var topic: String
    }

    /// Its place in the active set.
    var rule: Int
    /// A rule waits for one thing at a time.
    var timer: Timer?
    /// When it last raised its alert; kept for `cooldown` only.
    var raisedAt: Timestamp?
    /// One for each of the rule's sites, or none before the first message.
    var sites: [SiteState] = []

    init(rule: Int) { self.rule = rule }

    var isEmpty: Bool { timer == nil && raisedAt == nil && sites.isEmpty }

    var estimatedBytes: Int {
        sites.reduce(96 + (timer?.topic.utf8.count ?? 0)) { $0 + $1.estimatedBytes }
    }
}

/// What one call of a function that remembers holds for one entity.
enum SiteState: Equatable, Sendable {
    case window(Window)
    /// The value of the last message that had one, as JSON; nil before.
    case changed([UInt8]?)

    init(_ kind: Rule.Site.Kind) {
        switch kind {
        case .window(let plan): self = .window(Window(plan))
        case .changed: self = .changed(nil)
        }
    }

    mutating func add(_ sample: Sample, at time: Timestamp) {
        switch (self, sample) {
        case (.window(var window), .number(let number)):
            // Out of its case, so that its arrays are changed in place.
            self = .changed(nil)
            window.add(number, at: time)
            self = .window(window)
        case (.changed, .text(let text)): self = .changed(text)
        case (.window, .text), (.changed, .number): break
        }
    }

    var estimatedBytes: Int {
        switch self {
        case .window(let window): 16 + window.estimatedBytes
        case .changed(let value): 64 + (value?.count ?? 0)
        }
    }
}

/// What one message adds to the state of one call.
enum Sample: Equatable, Sendable {
    case number(Double)
    /// A value as JSON.
    case text([UInt8])

    /// - Throws: where the call cannot take the value in.
    init(_ value: Value, for kind: Rule.Site.Kind) throws(EvaluationError.Reason) {
        switch kind {
        case .window(let plan):
            guard let number = value.asDouble else {
                throw .noOverload(plan.function.name, value.kind, nil)
            }
            guard number.isFinite else {
                throw .invalidArgument("'\(plan.function.name)' takes finite numbers only")
            }
            self = .number(number)
        case .changed:
            guard let json = value.json else {
                throw .invalidArgument("'changed' takes what can be written as JSON")
            }
            guard json.estimatedBytes <= Limits.changedValueBytesMax else {
                throw .tooLarge("the value of 'changed'")
            }
            self = .text(json.encoded())
        }
    }
}
