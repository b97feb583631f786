import Core
import Foundation
import Mind
import Proof
import ProofTestSupport
import TestSupport
import Testing

@testable import jameyctl

@Suite("jameyctl backtest")
struct BacktestTests {
    private let home: TestDirectory

    init() throws { home = try TestDirectory("backtest") }

    /// The rules with another limit, in a directory.
    private func rules(limit: Double = 7.1) throws -> String {
        let path = home.path + "/rules-\(limit)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try PressRules.yaml(limit: limit).write(
            toFile: path + "/rules.yaml", atomically: true, encoding: .utf8)
        return path
    }

    /// A press that shakes with 8, and what was proposed to it then.
    private func shaking() throws -> Recording {
        let recording = try Recording(PressRules.yaml())
        try recording.hear("plant/a/<b>press/telemetry", #"{"vib":8,"temp":20}"#)
        for rpm in [1_800, 1_000, 1_900] {
            try recording.hear("cmd/<b>press/spin/proposed", #"{"action":"spin","rpm":\#(rpm)}"#)
        }
        return recording
    }

    private func backtest(
        _ recording: Recording, _ rules: String, _ options: String...
    ) throws -> Command.Result {
        try Command(["backtest", "--database", recording.path, "--rules", rules] + options).wait()
    }

    @Test("flips come first, with both sides and what made them; a pipeline can stop at them")
    func flips() throws {
        let recording = try shaking()
        let found = try backtest(recording, try rules(limit: 9))
        #expect(found.code == 0 && found.errors.isEmpty, "\(found)")
        expectColumns(found)
        for line in [
            "verdicts  3 recorded, 3 now: 2 DENY→ALLOW, 0 ALLOW→DENY", "DENY→ALLOW: 2",
            "  then  -0.90 denied by no-harm: it shakes at 8", "  by    no-harm",
            "largest changes of margin",
        ] {
            #expect(found.lines.contains(line), "\(line)\n\(found.output)")
        }
        let first = try #require(found.lines.firstIndex(of: "DENY→ALLOW: 2"))
        #expect(found.lines[first + 1].hasPrefix("event 3 "))
        #expect(found.lines[first + 1].hasSuffix(" <b>press spin"))
        #expect(!found.output.contains("ALLOW→DENY: "))
        let rule = try #require(found.lines.first { $0.hasPrefix("no-harm ") })
        #expect(rule.split(separator: " ").dropFirst() == ["2", "0", "0", "0", "2"])
        for (option, code) in [
            ("deny-to-allow", 1), ("any", 1), ("allow-to-deny", 0), ("vanished-alert", 1),
            ("new-alert", 0),
        ] {
            let stopped = try backtest(recording, try rules(limit: 9), "--fail-on", option)
            #expect(stopped.code == Int32(code) && stopped.errors.isEmpty, "\(option)")
            #expect(stopped.output == found.output)
        }
        let shorter = try backtest(recording, try rules(limit: 9), "--limit", "1")
        #expect(shorter.lines.contains("… and 1 more; --limit or --json lists them"))
        // The other way: what was allowed is denied.
        let strict = try backtest(recording, try rules(limit: 7.1), "--fail-on", "any")
        #expect(strict.code == 0, "\(strict)")
    }

    @Test("a report that does not list everything says so, and what --limit can still show")
    func truncated() throws {
        let recording = try shaking()
        let history = try recording.history()
        let span = try HistorySpan(history)
        let set = try RuleSetLoader.load([
            RuleFile(name: "other.yaml", text: PressRules.yaml(limit: 9))
        ])
        let cut = try history.backtest(set, on: span.events, from: span.start, rowsMax: 1)
        let json = cut.json(unreached: nil)
        let all = try BacktestReport(json, limit: 10)
        #expect(all.count(of: .denyToAllow) == 2)
        for line in ["DENY→ALLOW: 2", "… and 1 more, which are counted only"] {
            #expect(all.lines.contains(line), "\(all.lines)")
        }
        #expect(all.lines.contains { $0.hasPrefix("not all differences are listed") })
        let none = try BacktestReport(json, limit: 0)
        #expect(none.lines.contains("… and 2 more; --limit or --json lists 1 of them"))
    }

    @Test("the flips are those that plain arithmetic over the exported log finds")
    func exported() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        let recording = try Recording(PressRules.yaml(limit: 7))
        try recording.live(600, seed: seed, reloads: false)
        let (then, now) = (7.0, 8.0)
        let export = try Command(["log", "export", "--database", recording.path]).wait()
        // What trust and the other rules say decides less than a veto's weight does: a fast press
        // is denied if it shook last time it was heard, and else only by default.
        var vibration: [String: Double] = [:]
        var flips: [Int64] = []
        for line in export.lines {
            let event = try JSONScanner.scan(Array(line.utf8))
            guard let topic = event["topic"]?.string, let text = event["payload"]?.string else {
                continue
            }
            let payload = try JSONScanner.scan(Array(text.utf8))
            let device = String(topic.split(separator: "/")[topic.hasPrefix("cmd") ? 1 : 2])
            if let heard = payload["vib"]?.double { vibration[device] = heard }
            guard let rpm = payload["rpm"]?.int, rpm > 1_500, let last = vibration[device] else {
                continue
            }
            if last > then && last <= now { flips.append(event["seq"]?.int ?? 0) }
        }
        let found = try backtest(recording, try rules(limit: now), "--json", "--limit", "20")
        let json = try JSONScanner.scan(Array(found.output.utf8))
        let changed = json["verdicts"]?["largest_changes"]?.array?.count ?? 0
        #expect(flips.count > 3 && changed == min(10, flips.count), "seed \(seed)")
        let allowed = json["verdicts"]?["deny_to_allow"]?["flips"]?.array ?? []
        // A press that nobody trusts stays denied, by default.
        let trusted = try trust(recording, flips)
        #expect(allowed.compactMap { $0["event_seq"]?.int } == trusted, "seed \(seed)")
        #expect(json["verdicts"]?["allow_to_deny"]?["count"]?.int == 0)
    }

    /// Those of the events at which the recorded decision's trust is one that a rule supports.
    private func trust(_ recording: Recording, _ events: [Int64]) throws -> [Int64] {
        try events.filter { event in
            let decision = recording.decisions.first {
                $0.kind == .verdict && $0.eventSequence == event
            }
            let json = try JSONScanner.scan(try #require(decision).json)
            return (json["trust"]?.double ?? 0) >= 0.5
        }
    }

    @Test("of several differences to fail on, one is enough; a time ends before --until")
    func options() throws {
        let recording = try shaking()
        let rules = try rules(limit: 9)
        func code(_ options: String...) throws -> Int32 {
            try Command(
                ["backtest", "--database", recording.path, "--rules", rules] + options
            ).wait().code
        }
        let (absent, present) = (["allow-to-deny", "new-alert"], ["deny-to-allow", "any"])
        for (first, second) in zip(absent, present) {
            #expect(try code("--fail-on", first, "--fail-on", second) == 1)
            #expect(try code("--fail-on", second, "--fail-on", first) == 1)
        }
        #expect(try code("--fail-on", absent[0], "--fail-on", absent[1]) == 0)
        #expect(try code("--fail-on", "any", "--fail-on", "never") == 64)

        let until = recording.at.rfc3339(.microseconds)
        let found = try backtest(recording, rules, "--until", until, "--json")
        #expect(found.code == 0, "\(found)")
        let json = try JSONScanner.scan(Array(found.output.utf8))
        #expect(json["first_event"]?.int == 1 && json["last_event"]?.int == 4)
        #expect(json["verdicts"]?["recorded"]?.int == 2)
        let flips = json["verdicts"]?["deny_to_allow"]?["flips"]?.array
        #expect(flips?.map { $0["event_seq"]?.int } == [3], "the last flip came at that time")
        #expect(try backtest(recording, rules, "--until", "2023-01-01T00:00:00Z").code == 65)
        #expect(
            try backtest(recording, rules, "--since", until, "--until", until).code == 64)
    }

    @Test("what is out of reach is no difference, and fails only who asks for that")
    func unjudged() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        let recording = try Recording(PressRules.yaml())
        try recording.live(600, seed: seed, reloads: false)
        let rules = try rules()
        #expect(try backtest(recording, rules, "--fail-on", "unjudged").code == 0)
        try recording.checkpoint()
        try recording.trim(before: try #require(try recording.reader().position(of: 250)).at)
        let found = try backtest(recording, rules, "--fail-on", "unjudged")
        #expect(found.code == 1 && found.errors.isEmpty, "\(found), seed \(seed)")
        #expect(found.output.contains("not judged: events 250 to "), "\(found)")
        expectColumns(found)
        #expect(try backtest(recording, rules, "--fail-on", "any").code == 0, "seed \(seed)")
        #expect(
            try backtest(recording, rules, "--fail-on", "any", "--fail-on", "unjudged").code == 1)
    }

    @Test("all of it as JSON")
    func json() throws {
        let recording = try shaking()
        let found = try backtest(recording, try rules(limit: 9), "--json")
        #expect(found.code == 0 && found.lines.count == 1, "\(found)")
        let json = try JSONScanner.scan(Array(found.output.utf8))
        #expect(json["first_event"]?.int == 1 && json["last_event"]?.int == 5)
        let flips = json["verdicts"]?["deny_to_allow"]
        #expect(flips?["count"]?.int == 2)
        let flip = flips?["flips"]?.array?.first
        #expect(flip?["event_seq"]?.int == 3 && flip?["entity"]?.string == "<b>press")
        #expect(
            flip?["decision_id"]?.string == recording.decisions.first { $0.kind == .verdict }?.id)
        #expect(flip?["recorded"]?["approved"]?.bool == false)
        #expect(flip?["supposed"]?["approved"]?.bool == true)
        #expect(flip?["rules"]?.array == [.string("no-harm")])
        #expect(json["alerts"]?["vanished"]?["count"]?.int == 1)
        #expect(json["entities"]?.array?.count == 1)
    }

    @Test("a page that needs nothing else, in which nothing of a device's is markup")
    func page() throws {
        let recording = try shaking()
        let path = home.path + "/page.html"
        let found = try backtest(recording, try rules(limit: 9), "--html", path)
        #expect(found.code == 0, "\(found)")
        let page = try String(contentsOfFile: path, encoding: .utf8)
        #expect(page.hasPrefix("<!DOCTYPE html>"))
        #expect(page.contains("<h2>DENY→ALLOW: 2</h2>") && page.contains("<svg "))
        #expect(page.contains("&lt;b&gt;press") && !page.contains("<b>press"))
        for word in ["<script", "http:", "https:", "src=", "url(", "@import"] {
            #expect(!page.contains(word), "\(word)")
        }
        // Well-formed, so that every tag is closed where it must be.
        let parts = page.split(separator: "<table>").count - 1
        #expect(parts > 3 && page.split(separator: "</table>").count - 1 == parts)
        let nowhere = try backtest(recording, try rules(), "--html", home.path + "/no/page.html")
        #expect(nowhere.code == 74 && nowhere.errors.contains("cannot be written"), "\(nowhere)")
    }

    @Test("wrong rules, times and options are told with their codes")
    func errors() throws {
        let recording = try shaking()
        let rules = try rules()
        let missing = try backtest(recording, home.path + "/none")
        #expect(missing.code == 66, "\(missing)")
        try "rules: [".write(
            toFile: rules + "/broken.yaml", atomically: true, encoding: .utf8)
        let broken = try backtest(recording, rules)
        #expect(broken.code == 65 && broken.errors.contains("broken.yaml"), "\(broken)")
        let good = try self.rules(limit: 5)
        #expect(try backtest(recording, good, "--since", "1s").code == 65)
        #expect(try backtest(recording, good, "--limit", "-1").code == 64)
        #expect(try backtest(recording, good, "--fail-on", "never").code == 64)
        let nothing = try Command(["backtest", "--database", "/none", "--rules", good]).wait()
        #expect(nothing.code == 66, "\(nothing)")
    }
}
