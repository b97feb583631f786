import Core
import Mind
import Proof
import ProofTestSupport
import Store
import Testing

@Suite("The recorded history under other rules")
struct OtherRulesTests {
    private let seed = UInt64.random(in: 0...UInt64.max)

    private func decisions(
        _ history: History, _ mind: Mind, _ rules: History.Rules
    ) throws -> [Decision] {
        var mind = mind
        var found: [Decision] = []
        try history.fold(&mind, through: history.last.sequence, under: rules) { _, outcome in
            found += outcome.decisions
            return true
        }
        return found
    }

    @Test("the same rules, as others from the beginning, decide the same")
    func same() throws {
        let recording = try Recording(PressRules.yaml())
        try recording.live(400, seed: seed, reloads: false)
        let history = try recording.history()
        let ruleset = try #require(recording.mind.ruleset)
        for start in history.starts {
            let mind = try #require(try history.mind(at: start, under: .other(ruleset)))
            #expect(mind.sequence == start.sequence)
            let wanted = recording.decisions.filter { $0.eventSequence > start.sequence }
            #expect(try decisions(history, mind, .other(ruleset)) == wanted, "seed \(seed)")
        }
    }

    @Test("rules that took effect in the log do not take effect, and are no gap in it")
    func ignored() throws {
        let recording = try Recording(PressRules.yaml(limit: 9))
        try recording.hear("plant/a/press-1/telemetry", #"{"vib":8,"temp":20}"#)
        try recording.activate(PressRules.yaml(limit: 5))
        let proposal = (topic: "cmd/press-1/spin/proposed", text: #"{"action":"spin","rpm":1800}"#)
        try recording.hear(proposal.topic, proposal.text)
        let verdict = try #require(recording.decisions.last)
        #expect(!verdict.isPositive)
        let history = try recording.history()
        let lax = try RuleSetLoader.load([
            RuleFile(name: "lax.yaml", text: PressRules.yaml(limit: 9))
        ])
        let mind = try history.mindAtStart(before: 1, under: .other(lax))
        let other = try #require(try decisions(history, mind, .other(lax)).last)
        #expect(other.isPositive)
        #expect(other.id == verdict.id)
    }
}
