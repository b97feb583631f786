import Core
import Testing

@testable import Mind

@Suite("What is read of a mind from outside")
struct ReadingTests {
    private let at = Timestamp(microseconds: 1_700_000_000_000_000)

    @Test("pages of entities follow each other in the order of the bytes of their names")
    func pages() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        // Composed and decomposed are two names, and Swift takes both for one.
        var names = (0..<150).map { "d\($0)" } + ["\u{e9}", "e\u{301}", "Z", "~"]
        var random = SeededGenerator(seed: 7)
        names.shuffle(using: &random)
        for name in names { _ = subject.hear("plant/1/\(name)/telemetry", #"{"temp":20.0}"#) }
        let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for limit in [1, 7, 50, 1_000] {
            var found: [String] = []
            while true {
                let page = subject.mind.entities(after: found.last, limit: limit, at: at)
                #expect(page.count <= limit)
                if page.isEmpty { break }
                found += page.map(\.entity)
            }
            #expect(found.map(ExactText.init) == sorted.map(ExactText.init), "limit \(limit)")
        }
    }

    @Test("a reading is of its moment, and holds nothing back")
    func moment() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        _ = subject.hear(telemetry, #"{"temp":90.0,"on":true}"#)
        let reading = try #require(subject.mind.entity("press-7", at: subject.at))
        _ = subject.hear(telemetry, #"{"temp":20.0,"on":false}"#)
        #expect(reading.fields["temp"]?.double == 90 && reading.fields["on"]?.bool == true)
        #expect(reading.alertsFiring == 1 && reading.alerts.map(\.rule) == ["overheat"])
        #expect(reading.heard.map(\.route) == ["press-telemetry"] && reading.trust == 0.5)
        let later = try #require(subject.mind.entity("press-7", at: subject.at))
        #expect(later.fields["temp"]?.double == 20 && later.alertsFiring == 0)
        #expect(later.firstSeen == reading.firstSeen && later.lastSeen > reading.lastSeen)
        #expect(subject.mind.entity("press-8", at: subject.at) == nil)
    }

    @Test("alerts that fire are those that were raised and not resolved")
    func alerts() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        #expect(subject.mind.firingAlerts().isEmpty)
        var raised: [String] = []
        for device in ["a", "b", "c"] {
            let outcome = subject.hear("plant/1/\(device)/telemetry", #"{"temp":90.0}"#)
            raised += outcome.decisions.map(\.id)
        }
        _ = subject.hear("plant/1/b/telemetry", #"{"temp":20.0}"#)
        let alerts = subject.mind.firingAlerts()
        #expect(alerts.map(\.entity) == ["c", "a"])
        #expect(alerts.map(\.decisionID) == [raised[2], raised[0]])
        #expect(subject.mind.firingAlert(of: "overheat", about: "c") == alerts[0])
        #expect(subject.mind.firingAlert(of: "overheat", about: "b") == nil)
        #expect(subject.mind.firingAlert(of: "other", about: "c") == nil)
    }

    @Test("pages of the alerts that fire have every one once, the newest first")
    func alertPages() throws {
        var subject = try MindUnderTest(pressRules(overheat))
        for device in 0..<23 {
            _ = subject.hear("plant/1/d\(device)/telemetry", #"{"temp":90.0}"#)
        }
        // What goes on as it was is heard anew and does not begin anew.
        for device in [3, 0, 17, 22, 9] {
            _ = subject.hear("plant/1/d\(device)/telemetry", #"{"temp":91.0}"#)
        }
        let whole = subject.mind.firingAlerts()
        #expect(whole.map(\.entity) == (0..<23).reversed().map { "d\($0)" })
        for limit in [1, 2, 5, 23, 100] {
            var found: [AlertReading] = []
            var last: AlertPlace?
            repeat {
                let page = subject.mind.firingAlerts(after: last, limit: limit)
                #expect(page.count <= limit)
                found += page
                last = page.last.map { AlertPlace($0) }
            } while last != nil
            #expect(found == whole, "\(limit) each")
        }
    }

    @Test("what rules had to say is counted by rule, and changes no checkpoint")
    func counts() throws {
        let rules = pressRules(
            overheat + stance("yes", "support") + stance("no", "oppose", weight: 3)
                + stance("torn", "support", more: "messageExpression: payload.missing")
                + stance("odd", "support", when: "payload.missing > 1", more: "on_error: ignore"))
        var subject = try MindUnderTest(rules)
        for text in ["{}", "{}", "no document"] { _ = subject.hear(proposed, text) }
        let counts = subject.mind.ruleCounts
        #expect(counts.map(\.denied) == [0, 2, 2, 2, 0])
        #expect(counts.map(\.failed) == [0, 0, 0, 2, 2])
        #expect(counts.allSatisfy { $0.approved == 0 && $0.raised == 0 && $0.resolved == 0 })
        let checkpoint = subject.mind.checkpoint()
        subject.mind.beginCounts()
        #expect(subject.mind.checkpoint() == checkpoint)
        #expect(subject.mind.ruleCounts == Array(repeating: RuleCounts(), count: 5))
    }

    @Test("whether a request can be judged is told without judging it")
    func refusal() throws {
        let subject = try MindUnderTest(pressRules(stance("yes", "support")))
        func code(_ text: String, retain: Bool = false) -> String? {
            let message = Message(
                topic: MindUnderTest.evaluate, payload: Array(text.utf8), retain: retain)
            return subject.mind.refusal(ofRequest: message)?.code
        }
        #expect(code(#"{"action":"go"}"#) == nil && code("{}") == nil)
        #expect(code("{") == "MALFORMED_JSON" && code("[]") == "NOT_AN_OBJECT")
        #expect(code(#"{"action":""}"#) == "ACTION_LENGTH")
        #expect(code("{}", retain: true) == "RETAINED_REQUEST")
    }
}
