import Core
import Foundation
import Store
import Testing

@testable import jameyctl

@Suite("jameyctl rules history, diff, reload and rollback")
struct RulesHistoryTests {
    private let scratch: Scratch
    private static let digests = ["a", "b", "c"].map { letter in
        "sha256:" + String(repeating: letter, count: 63) + "0"
    }

    init() throws { scratch = try Scratch() }

    private func run(_ arguments: String...) throws -> Command.Result {
        try Command(["rules"] + arguments + ["--database", scratch.store]).wait()
    }

    private static func rule(_ limit: Int) -> String {
        "rules:\n  - name: hot\n    when: payload.temp > \(limit)\n    on: all\n"
    }

    /// Three sets, of which the first took effect again at the end.
    private func fill() throws {
        let writer = try scratch.writer()
        for (index, set) in [0, 1, 2, 0].enumerated() {
            let sequence = EventSequence(index + 1)
            let at = Timestamp(microseconds: 1_764_000_000_000_000 + Int64(index) * 1_000_000)
            var next = Batch()
            let digest = Self.digests[set]
            next.events = [Event(sequence: sequence, at: at, body: .ruleset(digest: digest))]
            next.ruleset = StoredRuleset(
                digest: digest, activatedAt: at,
                files: [.init(name: "10.yaml", text: Self.rule(set))])
            next.activation = RuleActivation(
                eventSequence: sequence, at: at, digest: digest,
                how: [.start, .reload, .reload, .rollback][index],
                author: index == 0 ? "start" : "ada\u{1B}[2J", userID: index == 0 ? nil : 1000,
                message: index == 3 ? "took\nit back" : "")
            _ = try writer.commit(next, synced: false)
        }
        try writer.close()
    }

    @Test("history is one line for each activation and its reason, the newest last")
    func history() throws {
        try fill()
        let shown = try run("history")
        #expect(shown.code == 0)
        let lines = shown.lines
        #expect(lines.count == 6, "\(lines)")
        #expect(lines[0] == ActivationLine.heading)
        #expect(
            lines[1] == "  2025-11-24 16:00:00  1           aaaaaaaaaaaa  start     start",
            "\(lines)")
        #expect(lines[4].hasPrefix("* 2025-11-24 16:00:03  4           aaaaaaaaaaaa  rollback"))
        #expect(lines[4].hasSuffix("ada\u{FFFD}[2J"))
        #expect(lines[5] == "      took\u{FFFD}it back")
        expectColumns(shown)
        #expect(try run("history", "-n", "1").lines.count == 3)
    }

    @Test("history has 80 columns, however long the reason, the name and the numbers are")
    func wide() throws {
        let writer = try scratch.writer()
        var next = Batch()
        next.ruleset = StoredRuleset(
            digest: Self.digests[0], activatedAt: Timestamp(microseconds: 1), files: [])
        next.activation = RuleActivation(
            eventSequence: 1_234_567_890, at: Timestamp(microseconds: 1_764_000_000_000_000),
            digest: Self.digests[0], how: .rollback,
            author: String(repeating: "ada ", count: 20), userID: 1000,
            message: String(repeating: "word ", count: 30) + String(repeating: "x", count: 100))
        _ = try writer.commit(next, synced: false)
        try writer.close()
        let shown = try run("history")
        expectColumns(shown)
        #expect(shown.lines[1].count == 80 && shown.lines[1].hasSuffix("ada …"), "\(shown)")
        #expect(shown.lines.count > 4, "\(shown)")
        #expect(shown.lines.dropFirst(2).allSatisfy { $0.hasPrefix("      ") }, "\(shown)")
        #expect(shown.output.count { $0 == "x" } == 100, "the whole reason is there: \(shown)")
    }

    @Test("history as JSON has everything")
    func historyJSON() throws {
        try fill()
        let rows = try run("history", "--json").lines.map { try JSONScanner.scan(Array($0.utf8)) }
        #expect(rows.map { $0["event_seq"]?.int } == [1, 2, 3, 4])
        #expect(rows.map { $0["active"] } == [false, false, false, true].map { .bool($0) })
        #expect(rows[3]["ruleset"]?.string == Self.digests[0])
        #expect(rows[3]["how"]?.string == "rollback" && rows[3]["uid"]?.int == 1000)
        #expect(rows[3]["message"]?.string == "took\nit back")
        #expect(rows[0]["uid"] == nil && rows[0]["kept"] == .bool(true))
    }

    @Test("diff names rules and shows lines; equal sets end with 0, others with 1")
    func diff() throws {
        try fill()
        let shown = try run("diff", "bbbb", "sha256:cccc")
        #expect(shown.code == 1 && shown.errors.isEmpty)
        #expect(
            shown.lines == [
                "~ rule hot", "--- bbbbbbbbbbbb/10.yaml", "+++ cccccccccccc/10.yaml",
                "@@ -1,4 +1,4 @@", " rules:", "   - name: hot", "-    when: payload.temp > 1",
                "+    when: payload.temp > 2", "     on: all",
            ])
        #expect(try run("diff", "bbbb", "cccc", "--summary").lines == ["~ rule hot"])
        let same = try run("diff", "active", "aaaa")
        #expect(same.code == 0 && same.lines == ["no difference"])
        let json = try run("diff", "aaaa", "cccc", "--json")
        let body = try JSONScanner.scan(Array(json.output.utf8))
        #expect(json.code == 1 && body["same"] == .bool(false))
        #expect(body["rules"]?["changed"]?.array?.map(\.string) == ["hot"])
        #expect(body["files"]?.array?.first?["diff"]?.string?.contains("+    when") == true)
    }

    @Test("diff reads directories, and tells where a set is not there")
    func places() throws {
        try fill()
        try scratch.write("rules.d/10.yaml", Self.rule(0))
        try scratch.write("rules.d/10_test.yaml", "no rules")
        let directory = scratch.directory + "/rules.d"
        #expect(try run("diff", "active", directory).code == 0)
        #expect(try run("diff", "bbbb", "directory", "--directory", directory).code == 1)
        #expect(try run("diff", "active", "dddd").code == 1)
        #expect(try run("diff", "active", "dddd").errors.contains("rules history"))
        #expect(try run("diff", "active", "abc").code == 64)
        #expect(try run("diff", "active", scratch.directory + "/none").code == 66)
        let broken = try scratch.write("broken/10.yaml", "rules: [")
        #expect(broken.hasSuffix("10.yaml"))
        let shown = try run("diff", "active", scratch.directory + "/broken", "--summary")
        #expect(shown.lines == ["a file is no YAML: rules cannot be told apart"])
    }

    @Test("a digest that several sets begin with is not guessed")
    func ambiguous() throws {
        let writer = try scratch.writer()
        for number in 1...2 {
            var next = Batch()
            next.ruleset = StoredRuleset(
                digest: "sha256:abcdef0\(number)", activatedAt: Timestamp(microseconds: 1),
                files: [])
            _ = try writer.commit(next, synced: false)
        }
        try writer.close()
        let shown = try run("rollback", "abcd")
        #expect(shown.code == 65 && shown.errors.contains("sha256:abcdef02"))
    }

    @Test("what only an agent can do says that none runs")
    func atRest() throws {
        try fill()
        #expect(try run("reload", "-m", "why").code == 75)
        #expect(try run("rollback", "bbbb").code == 75)
        #expect(try run("rollback", "dddd").code == 1)
        #expect(try run("rollback", "xyz").code == 64)
        let long = String(repeating: "x", count: Limits.activationMessageBytesMax + 1)
        #expect(try run("reload", "--message", long).code == 64)
    }

    @Test("a store without rules has no history")
    func empty() throws {
        try scratch.writer().close()
        #expect(try run("history").code == 1)
        #expect(try run("diff", "active", scratch.directory + "/").code == 1)
        #expect(try Command.run("rules", "history", "--database", "/none").code == 66)
    }

    @Test("colours are for terminals")
    func colours() {
        #expect(Paint(isOn: true)(.red, "x") == "\u{1B}[31mx\u{1B}[0m")
        #expect(Paint(isOn: false)(.red, "x") == "x")
    }
}
