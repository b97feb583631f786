import Core
import Mind

/// A recorded decision, and what the rules saw when it was made.
public struct WhyReport: Sendable {
    public let decision: Decision
    /// As stored.
    public let stored: JSONValue
    /// nil where the log no longer reaches.
    public let reasons: Reasons?
    /// Whether a timer made it, which fell due before the event itself was judged.
    public let isOfTimer: Bool
    private let explanation: Explanation?

    public init(_ decision: Decision, _ reasons: Reasons?) {
        self.decision = decision
        self.reasons = reasons
        stored = (try? JSONScanner.scan(decision.json)) ?? .null
        isOfTimer = reasons?.isOfTimer(decision) == true
        explanation = isOfTimer ? nil : reasons?.explanation
    }

    /// Whether the same decision is made of the event now; nil where the log no longer reaches.
    public var isRepeated: Bool? { reasons.map { $0.decision(decision.id) == decision } }

    /// The rules about the message, on the decision's route; nil where the message is of another
    /// entity, whose coming has pushed this one out.
    public var route: Explanation.Route? {
        explanation?.routes.first { $0.name == decision.route && $0.entity == decision.entity }
    }

    /// The rule of an alert.
    public var rule: String? { stored["rule"]?.string }

    /// The rule of an alert that a timer began or ended, and what it had waited for.
    public var waiting: Explanation.Rule? {
        guard let reasons, isOfTimer, let rule else { return nil }
        let route = reasons.mind.explainWaiting(rule, about: decision.entity, at: decision.at)
        return route?.rules.first { $0.name == rule }
    }

    /// The decision as it is stored; where the log reaches, also its event and what each term saw.
    public var json: [UInt8] {
        JSONWriter.object { json in
            json.member("decision", raw: decision.json)
            guard let reasons, let isRepeated else { return }
            json.member("event", raw: reasons.event.json)
            json.object("replay") {
                $0.member("folded_from", reasons.start)
                $0.member("agrees", isRepeated)
            }
            if let waiting { json.object("waited") { waiting.write(to: &$0) } }
            json.array("routes") { list in
                for route in explanation?.routes ?? [] {
                    list.object { route.write(to: &$0) }
                }
            }
        }
    }
}
