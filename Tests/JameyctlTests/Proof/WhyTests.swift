import Core
import Mind
import Proof
import ProofTestSupport
import Testing

@testable import jameyctl

@Suite("jameyctl why")
struct WhyTests {
    private static let proposal = "cmd/press-1/spin/proposed"

    /// A press that shakes, and what was proposed to it then.
    private func denied() throws -> (Recording, Decision) {
        let recording = try Recording(PressRules.yaml())
        for index in 1...20 {
            try recording.hear("plant/a/press-1/telemetry", #"{"vib":\#(index),"temp":20}"#)
        }
        try recording.checkpoint()
        try recording.hear("plant/a/press-1/telemetry", #"{"vib":8.25,"temp":20}"#)
        try recording.hear(Self.proposal, #"{"action":"spin","rpm":1800}"#)
        return (recording, try #require(recording.decisions.last))
    }

    private func why(_ recording: Recording, _ options: String...) throws -> Command.Result {
        try Command(["why", "--database", recording.path] + options).wait()
    }

    @Test("a verdict: every rule with its contribution, and what its terms saw")
    func verdict() throws {
        let (recording, decision) = try denied()
        let found = try why(recording, decision.id)
        #expect(found.code == 0 && found.errors.isEmpty, "\(found)")
        let ruleset = try #require(recording.mind.ruleset?.digest)
        for line in [
            "score      -9.5, moral score -0.9047619047619048",
            "threshold  0.0, margin -0.9047619047619048",
            "trust      0.5",
            "ruleset", "  \(ruleset)",
            "replayed   from the checkpoint at 21: the same decision",
            "rule                     stance   weight  strength    contribution",
            "no-harm                  oppose     10.0       1.0           -10.0",
            "  it shakes at 8.25",
            "trusted                  support     1.0       0.5             0.5",
            "slow-is-fine             support     2.0         -  does not apply",
            "    true  payload.rpm > 1500   (payload.rpm is 1800)",
            "    true  device.last.vib > 7.1   (device.last.vib is 8.25)",
            "    false  payload.rpm <= 1500   (payload.rpm is 1800)",
        ] {
            #expect(found.lines.contains(line), "\(line)\n\(found.output)")
        }
        #expect(found.output.contains("DENIED by no-harm: it shakes at 8.25"))
        #expect(found.output.contains("cmd/press-1/spin/proposed {\"action\":\"spin\""))
        #expect(found.output.contains("[rules.yaml:"))
        expectColumns(found)
    }

    @Test("as JSON, with the decision as it is stored")
    func json() throws {
        let (recording, decision) = try denied()
        let found = try why(recording, decision.id, "--json")
        #expect(found.code == 0, "\(found)")
        let json = try JSONScanner.scan(Array(found.output.utf8))
        #expect(json["decision"] == (try JSONScanner.scan(decision.json)))
        #expect(json["replay"]?["agrees"]?.bool == true)
        #expect(json["event"]?["topic"]?.string == Self.proposal)
        let rules = json["routes"]?.array?.first?["rules"]?.array
        #expect(rules?.count == 3)
        let term = rules?.first?["terms"]?.array?.last
        #expect(term?["comparison"]?["left_value"]?.string == "8.25")
    }

    @Test("alerts: by a message, by the time that a condition held, by silence, and their ends")
    func alerts() throws {
        let recording = try Recording(PressRules.yaml())
        let topic = "plant/a/press-1/telemetry"
        for _ in 1...5 { try recording.hear(topic, #"{"vib":8,"temp":90}"#) }
        for _ in 1...4 { try recording.hear(topic, #"{"vib":1,"temp":20}"#) }
        try recording.tick(after: .seconds(60))
        try recording.hear(topic, #"{"vib":1,"temp":20}"#)
        var told: [String: String] = [:]
        for decision in recording.decisions {
            let found = try why(recording, decision.id)
            #expect(found.code == 0, "\(found)")
            #expect(found.output.contains("the same decision"), "\(found.output)")
            let rule = try JSONScanner.scan(decision.json)["rule"]?.string ?? ""
            told["\(rule) \(decision.isPositive)"] = found.output
            let json = try why(recording, decision.id, "--json")
            #expect(json.code == 0 && (try? JSONScanner.scan(Array(json.output.utf8))) != nil)
        }
        #expect(told["drifting true"]?.contains("its condition holds with this message:") == true)
        #expect(told["drifting true"]?.contains("(over.avg(payload.vib, \"20s\") is 8)") == true)
        #expect(told["drifting false"]?.contains("its condition ceased to hold") == true)
        #expect(told["overheat true"]?.contains("its condition had held until") == true)
        #expect(told["overheat true"]?.contains("true  payload.temp > 80.0") == true)
        let ended = told["overheat false"]?.split(whereSeparator: \.isWhitespace)
        #expect(ended?.joined(separator: " ").contains("as long as it keeps firing") == true)
        #expect(told["overheat false"]?.contains("raised by") == true)
        #expect(told["silent true"]?.contains("nothing was heard until") == true)
        #expect(told["silent false"]?.contains("it was heard again:") == true)
        #expect(told.count == 6, "\(told.keys)")
    }

    @Test("an alert whose rule went with a new rule set follows from that")
    func activation() throws {
        let recording = try Recording(PressRules.yaml())
        for _ in 1...3 { try recording.hear("plant/a/press-1/telemetry", #"{"vib":9,"temp":20}"#) }
        try recording.activate("routes: [{ name: r, topic: other }]")
        let decision = try #require(recording.decisions.last)
        #expect(!decision.isPositive)
        let found = try why(recording, decision.id)
        #expect(found.code == 0, "\(found)")
        #expect(found.output.contains("took effect"))
        #expect(found.output.contains("it follows from the event itself: the rule acts no longer"))
    }

    @Test("where the log no longer reaches, what was recorded is shown, and 65 says so")
    func outOfReach() throws {
        let (recording, decision) = try denied()
        for _ in 1...100 { try recording.hear("plant/a/press-2/telemetry", #"{"vib":1}"#) }
        try recording.checkpoint()
        try recording.hear("plant/a/press-2/telemetry", #"{"vib":1}"#)
        try recording.checkpoint()
        let at = try #require(try recording.reader().position(of: decision.eventSequence)).at
        try recording.trim(before: at)
        let found = try why(recording, decision.id)
        #expect(found.code == 65, "\(found)")
        #expect(found.errors.contains("is out of reach: the log can be replayed from event"))
        #expect(found.output.contains("no-harm                  oppose     10.0"))
        #expect(!found.output.contains("what they saw"))
        let json = try why(recording, decision.id, "--json")
        #expect(json.code == 65)
        let stored = try JSONScanner.scan(Array(json.output.utf8))["decision"]
        #expect(stored == (try JSONScanner.scan(decision.json)))
    }

    @Test("a decision that is not there, or that is not made again, ends with 1")
    func failures() throws {
        let (recording, decision) = try denied()
        let none = try why(recording, "none\u{1B}[1m")
        #expect(none.code == 1 && none.errors.contains("there is no decision 'none"))
        #expect(!none.errors.contains("\u{1B}"))
        try recording.execute(
            "UPDATE decision SET positive = 1 WHERE id = '\(decision.id)'")
        let changed = try why(recording, decision.id)
        #expect(changed.code == 1, "\(changed)")
        #expect(changed.output.contains("NOT the same decision"))
        #expect(changed.errors.contains("jameyctl replay \(decision.id)"))
        #expect(try Command.run("why", "--database", recording.path).code == 64)
    }
}
