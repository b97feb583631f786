import Core
import Foundation
import Store
import Testing

@testable import jameyctl

@Suite("jameyctl shadow report and rules promote")
struct ShadowReportTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func run(_ arguments: String...) throws -> Command.Result {
        try Command(arguments + ["--database", scratch.store]).wait()
    }

    private static let start: Int64 = 1_764_000_000_000_000

    private func verdict(
        _ kind: ShadowDifference.Kind, _ number: Int, from: Double, to: Double,
        entity: String = "press-7", rules: [String] = ["too-fast"], omitted: Int = 0
    ) -> ShadowDifference {
        difference(
            kind, number, entity, rules, omitted,
            #""active":{"moral_score":\#(from)},"shadow":{"moral_score":\#(to)}"#)
    }

    private func difference(
        _ kind: ShadowDifference.Kind, _ number: Int, _ entity: String, _ rules: [String],
        _ omitted: Int, _ json: String
    ) -> ShadowDifference {
        ShadowDifference(
            kind: kind, source: .directory,
            at: Timestamp(microseconds: Self.start + Int64(number) * 1_000_000),
            eventSequence: Int64(number), route: "commands", entity: entity, rules: rules,
            active: "sha256:aaaaaaaaaaaaaa", shadow: "sha256:bbbbbbbbbbbbbb", omitted: omitted,
            json: Array("{\"kind\":\"\(kind.name)\",\(json)}".utf8))
    }

    private func fill() throws {
        let writer = try scratch.writer()
        var batch = Batch()
        batch.differences = [
            verdict(.score, 1, from: 0.5, to: 0.25, omitted: 7),
            verdict(.denyToAllow, 2, from: -1, to: 0.205),
            verdict(.denyToAllow, 3, from: -0.05, to: 1, entity: "pump\u{1B}[2J-2", rules: []),
            difference(
                .alertNew, 4, "press-7", ["hot", "wet"], 0,
                #""shadow":{"message":"press-7 has 81 °C"}"#),
        ]
        _ = try writer.commit(batch, synced: false)
        try writer.close()
    }

    @Test("flips come first, then the other kinds, and counts by rule and entity")
    func text() throws {
        try fill()
        let shown = try run("shadow", "report")
        #expect(shown.code == 0 && shown.errors.isEmpty)
        let lines = shown.lines
        #expect(lines[0] == "4 differences, 2025-11-24 16:00:01 to 2025-11-24 16:00:04", "\(lines)")
        #expect(lines[1] == "and 7 more in floods, counted only")
        #expect(lines[2] == "  bbbbbbbbbbbb (directory) in shadow of aaaaaaaaaaaa: 4")
        #expect(lines[3] == "DENY→ALLOW  2")
        #expect(lines[4] == "  11-24 16:00:03 pump\u{FFFD}[2J-2 commands   -0.05 → 1.00  ")
        #expect(lines[5] == "  11-24 16:00:02 press-7    commands   -1.00 → 0.21  too-fast")
        #expect(lines[6] == "NEW ALERTS  1")
        #expect(lines[7] == "  11-24 16:00:04 press-7    commands   hot, wet: press-7 has 81 °C")
        #expect(lines[8] == "OTHER SCORES  1")
        #expect(lines[10].hasPrefix("RULE") && lines[10].hasSuffix("missing    score"), "\(lines)")
        #expect(lines[11].hasPrefix("too-fast ") && lines[11].split(separator: " ").count == 7)
        #expect(lines.contains { $0.hasPrefix("ENTITY") })
        #expect(lines.allSatisfy { $0.count <= 80 })
        #expect(try run("shadow", "report", "-n", "0").lines.contains("DENY→ALLOW  2"))
        let recent = try run("shadow", "report", "--since", "1m").lines
        #expect(recent.first?.hasPrefix("no differences since 2") == true, "\(recent)")
        #expect(recent.allSatisfy { $0.count <= 80 })
        #expect(try run("shadow", "report", "--since", "soon").code == 64)
        #expect(try run("shadow", "report", "-n", "-1").code == 64)
        #expect(try Command.run("shadow", "report", "--database", "/none").code == 66)
    }

    @Test("as JSON it is one object with all counts and the newest of each kind")
    func json() throws {
        try fill()
        let shown = try run("shadow", "report", "--json", "-n", "1")
        let body = try JSONScanner.scan(Array(shown.output.utf8))
        #expect(shown.code == 0 && body["total"]?.int == 4 && body["omitted"]?.int == 7)
        #expect(body["kinds"]?["deny_to_allow"]?.int == 2 && body["kinds"]?["unjudged"]?.int == 0)
        #expect(body["sets"]?.array?.first?["shadow"]?.string == "sha256:bbbbbbbbbbbbbb")
        #expect(body["rules"]?.array?.map { $0["rule"]?.string } == ["too-fast", "hot", "wet"])
        #expect(body["entities"]?.array?.count == 2)
        #expect(
            body["differences"]?.array?.map { $0["kind"]?.string }
                == ["deny_to_allow", "alert_new", "score"])
    }

    /// Nothing differs in it.
    private func fill(mode: String?, configuration: String?) throws {
        let writer = try scratch.writer()
        if let mode {
            let at = Timestamp(microseconds: Self.start)
            let text = """
                routes: [{ name: all, topic: "t/{d}" }]
                rules: [{ name: hot, on: all, when: payload.temp > 80, mode: \(mode) }]
                """
            var batch = Batch()
            batch.events = [Event(sequence: 1, at: at, body: .ruleset(digest: "sha256:abcd"))]
            batch.ruleset = StoredRuleset(
                digest: "sha256:abcd", activatedAt: at, files: [.init(name: "a.yaml", text: text)])
            batch.activation = RuleActivation(
                eventSequence: 1, at: at, digest: "sha256:abcd", how: .start, author: "start")
            _ = try writer.commit(batch, synced: false)
            let message = Message(topic: "t/a", payload: Array("{}".utf8))
            try writer.commit(
                events: (2...8).map {
                    Event(sequence: $0, at: at, body: .message(message))
                })
        }
        if let configuration {
            try writer.linkConfiguration(configuration, at: Timestamp(microseconds: Self.start))
        }
        try writer.close()
    }

    @Test("where nothing ran, no difference is not told as if both agreed")
    func nothingRan() throws {
        try fill(mode: nil, configuration: nil)
        let first = "no differences, and nothing is known to run in shadow"
        let empty = try run("shadow", "report").lines
        #expect(
            empty == [
                first, "  no rule in force is in mode shadow",
                "  whether rules.shadow is configured is not in the store",
            ], "\(empty)")
        try fill(mode: "active", configuration: #"{"rules":{"directory":"r"}}"#)
        let shown = try run("shadow", "report").lines
        #expect(shown.first == first, "\(shown)")
        #expect(shown.last == "  rules.shadow is not configured", "\(shown)")
        let json = try run("shadow", "report", "--json").output
        let known = try JSONScanner.scan(Array(json.utf8))["known"]
        #expect(known?["rules"]?.int == 0 && known?["directory"] == .null, "\(json)")
    }

    @Test("where something ran, no difference is told with how many events were heard")
    func nothingDiffers() throws {
        try fill(mode: "shadow", configuration: #"{"rules":{"shadow":"/etc/s\u001b.d"}}"#)
        let shown = try run("shadow", "report").lines
        #expect(
            shown == [
                "no differences",
                "  1 rule in mode shadow since 2025-11-24 16:00:00, over 7 events",
                "  rules.shadow is /etc/s\u{FFFD}.d",
                "  whether it has rules is in the agent's health, not in the store",
            ], "\(shown)")
        let json = try run("shadow", "report", "--json").output
        let known = try JSONScanner.scan(Array(json.utf8))["known"]
        #expect(known?["rules"]?.int == 1 && known?["events"]?.int == 7, "\(json)")
        #expect(known?["directory"]?.string == "/etc/s\u{1B}.d", "\(json)")
    }

    @Test("promoting a rule says where to edit it; the set needs an agent")
    func promote() throws {
        let writer = try scratch.writer()
        var batch = Batch()
        batch.ruleset = StoredRuleset(
            digest: "sha256:abcd", activatedAt: Timestamp(microseconds: 1),
            files: [
                .init(
                    name: "10.yaml",
                    text: """
                        routes: [{ name: all, topic: "t/{d}" }]
                        rules:
                          - { name: hot, on: all, when: payload.temp > 80, mode: shadow }
                          - { name: cold, on: all, when: payload.temp < 0 }
                        """)
            ])
        _ = try writer.commit(batch, synced: false)
        try writer.close()
        let hot = try run("rules", "promote", "hot")
        #expect(hot.code == 65 && hot.errors.contains("10.yaml:3: nothing was done"))
        let cold = try run("rules", "promote", "cold")
        #expect(cold.code == 65 && cold.errors.contains("in mode active"))
        #expect(try run("rules", "promote", "none").code == 65)
        #expect(try run("rules", "promote", "-m", "why").code == 75)
    }
}
