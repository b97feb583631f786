import Core
import Mind
import Store
import Synchronization
import TestSupport
import Testing

@testable import Agent

/// Rule files that a test writes.
final class WrittenRules: RuleSource {
    private let files: Mutex<[RuleFile]?>

    init(_ text: String) { files = Mutex([RuleFile(name: "a.yaml", text: text)]) }

    /// nil: as a directory that cannot be read.
    func write(_ text: String?) {
        files.withLock { $0 = text.map { [RuleFile(name: "a.yaml", text: $0)] } }
    }

    func read() throws(RuleSetErrors) -> [RuleFile] {
        guard let found = files.withLock({ $0 }) else {
            throw RuleSetErrors(errors: [
                SourceError(file: "rules.d", position: .start, message: "permission denied")
            ])
        }
        return found
    }
}

@Suite("Rule sets as they take effect")
struct RuleHistoryTests {
    private let directory: TestDirectory
    private let rules = WrittenRules(Self.text(1))

    init() throws { directory = try TestDirectory("rules") }

    static func text(_ limit: Int) -> String {
        """
        routes:
          - { name: all, topic: "t/{device}", entity: "{device}", record: all }
        rules:
          - { name: hot, on: all, when: payload.temp > \(limit) }

        """
    }

    private func agent() throws -> AgentUnderTest {
        try AgentUnderTest(directory.path + "/jamey.db", rules: rules)
    }

    private func history() throws -> [RuleActivation] {
        try StoreReader(path: directory.path + "/jamey.db").activations(limit: 100)
            .map(\.activation).reversed()
    }

    private func ask(
        _ test: AgentUnderTest, _ action: RulesRequest.Action, _ message: String = ""
    ) throws -> RulesAnswer {
        let request = RulesRequest(action, author: "ada", message: message)
        return try RulesAnswer(json: test.agent.control(request.json, by: 1001))
    }

    private func digest(_ limit: Int) -> String {
        RuleFile.digest(of: [RuleFile(name: "a.yaml", text: Self.text(limit))])
    }

    @Test("each activation has its time, event, author and reason; what changes nothing has none")
    func activations() throws {
        let test = try agent()
        test.connect()
        #expect(try ask(test, .reload(isForced: false)).outcome == .unchanged)
        rules.write(Self.text(2))
        let answer = try ask(test, .reload(isForced: false), "less")
        #expect(answer == RulesAnswer(.activated, ruleset: digest(2), eventSequence: 2))
        rules.write(Self.text(3))
        test.agent.reload()
        let found = try history()
        #expect(found.map(\.digest) == [digest(1), digest(2), digest(3)])
        #expect(found.map(\.how) == [.start, .reload, .reload])
        #expect(found.map(\.author) == ["start", "ada", "SIGHUP"])
        #expect(found.map(\.userID) == [nil, 1001, nil])
        #expect(found.map(\.message) == ["", "less", ""])
        #expect(found.map(\.eventSequence) == [1, 2, 3])
        #expect(test.told("health").last?["components"]?["mind"]?["ruleset"]?.string == digest(3))
    }

    @Test("wrong files, unknown digests and requests change nothing, and are told of")
    func refused() throws {
        let test = try agent()
        test.connect()
        rules.write("rules:\n  - name: half\n    when: 1 +\n")
        func code(_ action: RulesRequest.Action) -> String? {
            do throws(RequestError) {
                let request = RulesRequest(action, author: "ada")
                _ = try RulesAnswer(json: test.agent.control(request.json))
                return nil
            } catch { return error.code }
        }
        #expect(code(.reload(isForced: false)) == "RULES_REFUSED")
        #expect(test.reason?.contains("a.yaml:2") == true)
        #expect(code(.rollback(digest: "sha256:00")) == "UNKNOWN_RULESET")
        #expect(code(.promote) == "NOTHING_IN_SHADOW")
        rules.write(nil)
        #expect(code(.reload(isForced: true)) == "RULES_REFUSED")
        #expect(try history().count == 1)
        let long = String(repeating: "x", count: Limits.activationMessageBytesMax + 1)
        #expect(throws: RequestError.self) { try ask(test, .promote, long) }
    }

    @Test("a rollback is in force over restarts and SIGHUP until the files change")
    func rollback() throws {
        var test = try agent()
        rules.write(Self.text(2))
        test.agent.reload()
        let back = try ask(test, .rollback(digest: digest(1)), "2 was wrong")
        #expect(back.outcome == .activated && back.ruleset == digest(1))
        #expect(try ask(test, .rollback(digest: digest(1))).outcome == .unchanged)
        test.agent.reload()
        #expect(try ask(test, .reload(isForced: false)).outcome == .held)
        test = try restart(test)
        #expect(test.agent.mind.ruleset?.digest == digest(1))
        test.connect()
        #expect(
            test.told("health").last?["components"]?["mind"]?["held_by"]?.string == "rollback")
        #expect(try history().map(\.how) == [.start, .reload, .rollback])
        // As somebody mends them.
        rules.write(Self.text(3))
        test.agent.reload()
        #expect(test.agent.mind.ruleset?.digest == digest(3))
        test = try restart(test)
        #expect(test.agent.mind.ruleset?.digest == digest(3))
        #expect(try history().count == 4)
    }

    @Test("files that change while no agent runs take effect at the next start")
    func changedAtRest() throws {
        var test = try agent()
        rules.write(Self.text(2))
        test.agent.reload()
        _ = try ask(test, .rollback(digest: digest(1)))
        rules.write(Self.text(3))
        test = try restart(test)
        #expect(test.agent.mind.ruleset?.digest == digest(3))
        #expect(try history().last?.how == .start)
    }

    @Test("--force takes the files as they are, and ends the hold")
    func forced() throws {
        var test = try agent()
        rules.write(Self.text(2))
        test.agent.reload()
        _ = try ask(test, .rollback(digest: digest(1)))
        #expect(try ask(test, .reload(isForced: true)).ruleset == digest(2))
        test = try restart(test)
        #expect(test.agent.mind.ruleset?.digest == digest(2))
        #expect(try history().map(\.how) == [.start, .reload, .rollback, .reload])
    }

    /// As after `kill -9`: what was committed is there.
    private func restart(_ test: AgentUnderTest) throws -> AgentUnderTest {
        test.agent.stop()
        while !test.agent.isStopped {
            test.clock.advance(.seconds(1))
            test.agent.turn()
        }
        return try agent()
    }
}
