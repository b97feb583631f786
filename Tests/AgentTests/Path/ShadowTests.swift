import Core
import Mind
import Store
import TestSupport
import Testing

@testable import Agent

@Suite("Rules in shadow, beside those in force")
struct ShadowTests {
    private let directory: TestDirectory
    private let rules = WrittenRules(Self.text(80))
    private let shadow = WrittenRules(Self.text(60))

    init() throws { directory = try TestDirectory("shadow") }

    static func text(_ limit: Int, _ more: String = "") -> String {
        """
        routes:
          - { name: all, topic: "t/{device}", entity: "{device}", record: all }
          - { name: none, topic: "u/{device}", entity: "{device}", record: none }
        rules:
          - { name: hot, on: [all, none], when: has(payload.temp) && payload.temp > \(limit) }
        \(more)
        """
    }

    private var path: String { directory.path + "/jamey.db" }

    private func agent() throws -> AgentUnderTest {
        let test = try AgentUnderTest(path, rules: rules, shadowRules: shadow)
        test.connect()
        return test
    }

    private func hear(_ test: AgentUnderTest, _ topic: String, _ payload: String) {
        test.clock.advance(.seconds(1))
        test.turn(
            messages: [Message(topic: topic, payload: Array(payload.utf8), qos: .atLeastOnce)])
    }

    private func kept() throws -> [ShadowDifference] {
        var found: [ShadowDifference] = []
        try StoreReader(path: path).shadowDifferences { found.append($0) }
        return found
    }

    private func health(_ test: AgentUnderTest) -> JSONValue? {
        test.clock.advance(.seconds(31))
        test.turn()
        return test.told("health").last?["components"]?["mind"]
    }

    @Test("a difference is published once it is stored, counted and kept; nothing is done")
    func difference() throws {
        let test = try agent()
        hear(test, "t/a", #"{"temp":70}"#)
        let told = test.told("conscience/shadow")
        #expect(told.count == 1 && told[0]["kind"]?.string == "alert_new")
        #expect(told[0]["event_seq"]?.int == 2 && told[0]["source"]?.string == "directory")
        #expect(try kept().map(\.kind) == [.alertNew])
        #expect(try StoreReader(path: path).decisions().isEmpty)
        #expect(!test.link.published.contains { $0.topic.contains("/alerts/") })
        #expect(test.agent.mind.alertsFiring == 0)
        #expect(test.agent.counters.shadowDifferences == [.alertNew: 1])
        let sets = health(test)?["shadow"]?["sets"]?.array
        #expect(sets?.first?["differences"]?.int == 1)
        #expect(test.told("metrics").last?["jamey_shadow_alert_new_total"]?.int == 1)
    }

    @Test("of a message that the log does not have, the difference names no event")
    func unrecorded() throws {
        let test = try agent()
        hear(test, "u/a", #"{"temp":70}"#)
        hear(test, "t/b", #"{"temp":70}"#)
        #expect(try kept().map(\.eventSequence) == [2, nil])
        #expect(test.agent.mind.sequence == 2)
    }

    @Test("a timer of the shadow alone leaves no mark in the log")
    func timer() throws {
        shadow.write(
            Self.text(80, "  - { name: held, on: all, when: has(payload.temp), for: 10s }\n"))
        let test = try agent()
        hear(test, "t/a", #"{"temp":20}"#)
        let due = try #require(test.agent.shadow.nextTimer)
        #expect(test.agent.deadline <= test.clock.monotonic() + (due - test.clock.now()))
        test.clock.advance(.seconds(11))
        test.turn()
        #expect(
            test.told("conscience/shadow").map { $0["rules"]?.array?.first?.string } == ["held"])
        #expect(test.agent.mind.sequence == 2)
        #expect(try kept().map(\.eventSequence) == [nil])
    }

    @Test("wrong files in shadow leave the rules in force alone, and what ran in shadow, too")
    func wrong() throws {
        let test = try agent()
        let before = test.agent.shadow.directory?.digest
        shadow.write("rules:\n  - name: half\n    when: 1 +\n")
        rules.write(Self.text(90))
        test.agent.reload()
        #expect(test.agent.mind.ruleset?.digest == RuleFile.digest(of: try rules.read()))
        #expect(test.codes == ["SHADOW_REFUSED"] && test.status != "degraded")
        #expect(test.agent.shadow.running.map(\.ruleset.digest) == [before])
        #expect(health(test)?["shadow"]?["reason"]?.string?.contains("a.yaml:2") == true)
        shadow.write(Self.text(50))
        test.agent.reload()
        #expect(health(test)?["shadow"]?["reason"] == nil)
        #expect(test.agent.shadow.running.map(\.ruleset.digest) != [before])
    }

    @Test("an agent starts although the files in shadow are wrong or cannot be read")
    func wrongAtStart() throws {
        shadow.write(nil)
        let test = try agent()
        #expect(test.agent.shadow.running.isEmpty && test.agent.mind.ruleset != nil)
        hear(test, "t/a", #"{"temp":90}"#)
        #expect(test.told("conscience/shadow").isEmpty)
        #expect(health(test)?["shadow"]?["reason"]?.string?.contains("permission") == true)
    }

    @Test("the same set twice is no shadow; a rule in mode shadow is one beside the directory's")
    func sets() throws {
        shadow.write(Self.text(80))
        let test = try agent()
        #expect(test.agent.shadow.running.isEmpty)
        rules.write(
            Self.text(80, "  - { name: wet, on: all, when: has(payload.wet), mode: shadow }\n"))
        test.agent.reload()
        #expect(test.agent.shadow.running.map(\.source) == [.rules, .directory])
        hear(test, "t/a", #"{"wet":1}"#)
        #expect(try kept().map(\.source) == [.rules])
    }

    @Test("promoting has what ran take effect, over a restart, and ends its shadow")
    func promote() throws {
        var test = try agent()
        hear(test, "t/a", #"{"temp":70}"#)
        // What lies there by now has not run.
        shadow.write(Self.text(50))
        let request = RulesRequest(.promote, author: "ada", message: "it was right")
        let answer = try RulesAnswer(json: test.agent.control(request.json))
        let promoted = RuleFile.digest(of: [RuleFile(name: "a.yaml", text: Self.text(60))])
        #expect(answer == RulesAnswer(.activated, ruleset: promoted, eventSequence: 3))
        #expect(test.agent.shadow.running.isEmpty)
        hear(test, "t/a", #"{"temp":71}"#)
        #expect(test.agent.mind.alertsFiring == 1)
        #expect(health(test)?["held_by"]?.string == "promote")
        #expect(throws: RequestError.self) {
            try RulesAnswer(json: test.agent.control(request.json))
        }
        test.agent.stop()
        while !test.agent.isStopped {
            test.clock.advance(.seconds(1))
            test.agent.turn()
        }
        test = try agent()
        #expect(test.agent.mind.ruleset?.digest == promoted)
        let last = try StoreReader(path: path).activations(limit: 1).first?.activation
        #expect(last?.how == .promote && last?.message == "it was right")
        // As the files are moved.
        rules.write(Self.text(60))
        test.agent.reload()
        #expect(test.agent.mind.ruleset?.digest == promoted)
        #expect(test.agent.mind.sequence == answer.eventSequence.map { $0 + 1 })
    }

    @Test("in a flood a few of each kind are kept each second, and the rest counted")
    func flood() throws {
        let test = try agent()
        let count = Limits.shadowDifferencesPerSecond + 10
        test.turn(
            messages: (0..<count).map {
                Message(topic: "t/d\($0)", payload: Array(#"{"temp":70}"#.utf8))
            })
        #expect(try kept().count == Limits.shadowDifferencesPerSecond)
        #expect(test.agent.counters.shadowOmitted == 10)
        hear(test, "t/last", #"{"temp":70}"#)
        #expect(try kept().first?.omitted == 10)
    }

    @Test("a burst of differences keeps no memory of the rules in force from being told")
    func updates() throws {
        rules.write(
            Self.text(
                80,
                "  - { name: wet, on: all, when: has(payload.wet), actions: "
                    + "[{ remember: { layer: semantic, content: '\"wet\"' } }] }\n"))
        let test = try agent()
        // Each kind stays below what a second may keep, both together above what a burst may tell.
        let count = Limits.shadowDifferencesPerSecond - 10
        let dropped = 2 * count - Limits.shadowUpdatesPerBurst
        #expect(dropped > 0)
        let payloads = [#"{"temp":70}"#, #"{"wet":1}"#]
        test.turn(
            messages: payloads.enumerated().flatMap { kind, payload in
                (0..<count).map {
                    Message(topic: "t/\(kind)-\($0)", payload: Array(payload.utf8))
                }
            })
        #expect(test.told("memory/updates").count == count)
        #expect(test.told("conscience/shadow").count == Limits.shadowUpdatesPerBurst)
        #expect(test.agent.counters.shadowDifferences == [.alertNew: count, .alertMissing: count])
        #expect(test.agent.counters.shadowOmitted == 0)
        #expect(test.agent.counters.shadowUnpublished == dropped)
        #expect(try kept().count == 2 * count)
        hear(test, "t/last", #"{"temp":70}"#)
        #expect(test.told("conscience/shadow").count == Limits.shadowUpdatesPerBurst + 1)
        _ = health(test)
        let unpublished = test.told("metrics").last?["jamey_shadow_differences_unpublished_total"]
        #expect(unpublished?.int == Int64(dropped))
    }

    @Test("after a failed commit the shadow goes on from the mind as it is in the store")
    func failure() throws {
        let disk = FaultVFS()
        let test = try AgentUnderTest(path, disk: disk, rules: rules, shadowRules: shadow)
        test.connect()
        disk.fill()
        hear(test, "t/a", #"{"temp":70}"#)
        #expect(test.told("conscience/shadow").isEmpty)
        disk.heal()
        test.clock.advance(.seconds(30))
        test.turn()
        test.connect(isSessionPresent: true)
        hear(test, "t/a", #"{"temp":70}"#)
        #expect(test.told("conscience/shadow").count == 1)
        #expect(try kept().count == 1)
    }

    @Test("what is asked of the agent reaches the shadow", arguments: ["soul", "forget"])
    func requests(_ what: String) throws {
        let test = try agent()
        hear(test, "t/a", #"{"temp":70}"#)
        let request: ControlRequest =
            what == "soul"
            ? .soul(SoulRequest(entity: "a", action: .set(0.9), author: "ada"))
            : .forgetEntity("a", author: "ada")
        _ = test.agent.control(request.json)
        let minds = [test.agent.mind] + test.agent.shadow.running.map(\.mind)
        #expect(minds.count == 2)
        for mind in minds { #expect(mind.entityCount == (what == "soul" ? 1 : 0)) }
        hear(test, "t/b", #"{"temp":70}"#)
        #expect(test.told("conscience/shadow").count == 2)
    }
}
