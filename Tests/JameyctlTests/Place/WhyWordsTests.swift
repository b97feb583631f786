import Core
import Mind
import Proof
import ProofTestSupport
import Testing

@testable import jameyctl

@Suite("why and why-not, asked of the daemon and of the store")
struct WhyWordsTests {
    private let recording: Recording
    private let words: SameWords

    private static let telemetry = "plant/a/press-1/telemetry"

    /// Verdicts, alerts by messages, by time and by silence, and a rule set that ends one.
    init() throws {
        recording = try Recording(PressRules.yaml())
        words = try SameWords(recording)
        for index in 1...5 {
            try recording.hear(Self.telemetry, #"{"vib":\#(index + 3),"temp":90}"#)
        }
        try recording.hear("cmd/press-1/spin/proposed", #"{"action":"spin","rpm":1800}"#)
        for _ in 1...4 { try recording.hear(Self.telemetry, #"{"vib":1,"temp":20}"#) }
        try recording.tick(after: .seconds(60))
        try recording.hear(Self.telemetry, #"{"vib":9,"temp":20}"#)
        for _ in 1...3 { try recording.hear(Self.telemetry, #"{"vib":9,"temp":20}"#) }
        try recording.hear("cmd/press-1/spin/proposed", "no JSON")
        try recording.activate("routes: [{ name: r, topic: other }]")
    }

    private func why(_ decision: Decision) throws -> [UInt8] {
        let reasons = try recording.history().reasons(of: decision.eventSequence)
        return WhyReport(decision, reasons).json
    }

    @Test("every decision is explained in the same words")
    func why() throws {
        #expect(recording.decisions.count >= 8, "\(recording.decisions.count)")
        for decision in recording.decisions {
            let path = "/decisions/\(decision.id)/why"
            try words.expect(["why", decision.id], [path: .json(try why(decision))])
        }
    }

    @Test("every rule is, too: applied, held back, waiting, elsewhere")
    func whyNot() throws {
        var answers: Set<String> = []
        for decision in recording.decisions {
            let reasons = try recording.history().reasons(of: decision.eventSequence)
            for rule in reasons.mind.ruleset?.rules.map(\.name) ?? [] {
                let report = try WhyNotReport(rule, reasons, about: decision)
                // One of each is enough: they are many.
                guard answers.insert(report.answer.rawValue).inserted else { continue }
                let path = "/decisions/\(decision.id)/why-not/\(rule)"
                try words.expect(["why-not", decision.id, rule], [path: .json(report.json)])
            }
        }
        #expect(answers.isSuperset(of: ["applied", "term", "elsewhere"]), "\(answers)")
    }

    @Test("what a rule waits for is told in the same words")
    func waiting() throws {
        // The second of three seconds for which it has to be hot.
        let recording = try Recording(PressRules.yaml())
        for _ in 1...4 { try recording.hear(Self.telemetry, #"{"vib":9,"temp":90}"#) }
        let decision = try #require(recording.decisions.first)
        let words = try SameWords(recording)
        let reasons = try recording.history().reasons(of: decision.eventSequence)
        for rule in ["overheat", "silent"] {
            let report = try WhyNotReport(rule, reasons, about: decision)
            #expect(report.answer == .waits, "\(rule): \(report.answer)")
            let path = "/decisions/\(decision.id)/why-not/\(rule)"
            try words.expect(["why-not", decision.id, rule], [path: .json(report.json)])
        }
    }

    @Test("where the log no longer reaches, what was recorded is shown, and the code is 65")
    func outOfReach() throws {
        let decision = try #require(recording.decisions.first { $0.kind == .verdict })
        for _ in 1...100 { try recording.hear("other", "{}") }
        try recording.checkpoint()
        try recording.hear("other", "{}")
        try recording.checkpoint()
        let position = try recording.reader().position(of: decision.eventSequence)
        try recording.trim(before: try #require(position).at)
        let path = "/decisions/\(decision.id)"
        try words.expect(
            ["why", decision.id], [path + "/why": .json(WhyReport(decision, nil).json)], code: 65)
        let refusal = #"{"error":"event 7 is out of reach","code":"OUT_OF_REACH"}"#
        try words.expect(
            ["why-not", decision.id, "no-harm"],
            [path + "/why-not/no-harm": .json(refusal, status: 409)], code: 65)
    }

    @Test("a decision that there is not, and one that is not made again, end with 1")
    func missing() throws {
        let none = #"{"error":"there is no such decision","code":"NOT_FOUND"}"#
        try words.expect(
            ["why", "none"], ["/decisions/none/why": .json(none, status: 404)], code: 1)
        try words.expect(
            ["why-not", "none", "no-harm"],
            ["/decisions/none/why-not/no-harm": .json(none, status: 404)], code: 1)
        let decision = try #require(recording.decisions.first { !$0.isPositive })
        try recording.execute("UPDATE decision SET positive = 1 WHERE id = '\(decision.id)'")
        var changed = decision
        changed.isPositive = true
        let reasons = try recording.history().reasons(of: decision.eventSequence)
        let report = WhyReport(changed, reasons)
        #expect(report.isRepeated == false)
        let file = try Command(["why", decision.id, "--database", recording.path]).wait()
        let daemon = try PlayedDaemon(words.socket) { _ in .json(report.json) }
        let asked = try Command(["why", decision.id, "--socket", words.socket]).wait()
        for found in [file, asked] {
            #expect(found.code == 1 && found.output.contains("NOT the same"), "\(found)")
            #expect(found.errors.contains("jameyctl replay \(decision.id)"), "\(found)")
        }
        _ = daemon
    }
}
