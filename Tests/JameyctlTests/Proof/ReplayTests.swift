import Core
import Mind
import Proof
import ProofTestSupport
import Testing

@testable import jameyctl

@Suite("jameyctl replay")
struct ReplayTests {
    private let seed = UInt64.random(in: 0...UInt64.max)

    private func life(_ events: Int = 400) throws -> Recording {
        let recording = try Recording(PressRules.yaml())
        try recording.live(events, seed: seed)
        return recording
    }

    private func replay(_ recording: Recording, _ options: String...) throws -> Command.Result {
        try Command(["replay", "--database", recording.path] + options).wait()
    }

    private func json(_ result: Command.Result) throws -> JSONValue {
        try JSONScanner.scan(Array(result.output.utf8))
    }

    @Test("a log that nobody touched agrees, with the same digest by every way to its end")
    func agrees() throws {
        let recording = try life()
        let whole = try replay(recording)
        #expect(whole.code == 0 && whole.errors.isEmpty, "\(whole), seed \(seed)")
        #expect(whole.lines.last == "all agree")
        expectColumns(whole)
        let count = recording.decisions.count
        #expect(whole.output.contains("decisions   \(count) recorded, \(count) replayed"))
        let starts = try replay(recording, "--starts").lines
        #expect(starts.count > 2 && starts.first == "0")
        let minds = try starts.map { start in
            let found = try replay(recording, "--from", start, "--json")
            #expect(found.code == 0, "\(found), seed \(seed)")
            let json = try json(found)
            #expect(json["agrees"]?.bool == true)
            #expect(json["folded_from"]?.int == Int64(start))
            let wanted = recording.decisions.filter { $0.eventSequence > Int64(start) ?? 0 }
            #expect(json["recorded"]?.int == Int64(wanted.count))
            return json["mind"]?.string
        }
        #expect(Set(minds).count == 1)
        #expect(minds[0]?.hasPrefix("sha256:") == true)
    }

    @Test("a decision of its own, and a time")
    func parts() throws {
        let recording = try life()
        let decision = try #require(recording.decisions.dropFirst(40).first)
        let found = try replay(recording, decision.id, "--json")
        #expect(found.code == 0, "\(found)")
        let one = try json(found)
        #expect(one["first_event"]?.int == decision.eventSequence)
        #expect(one["last_event"]?.int == decision.eventSequence)
        #expect((one["recorded"]?.int ?? 0) >= 1)
        let history = try recording.history()
        let from = try #require(try history.reader.position(of: 120))
        let to = try #require(try history.reader.position(of: 180))
        let time = try replay(
            recording, "--since", from.at.rfc3339(.microseconds), "--until",
            to.at.rfc3339(.microseconds), "--json")
        #expect(time.code == 0, "\(time)")
        #expect(try json(time)["first_event"]?.int == 120)
        #expect(try json(time)["last_event"]?.int == 179)
        #expect(try replay(recording, "--until", from.at.rfc3339(.microseconds)).code == 0)
        #expect(try replay(recording, "--since", "1s").code == 65)
    }

    @Test("a decision that was changed, one that is missing and one too many are shown in full")
    func differences() throws {
        let recording = try life(200)
        let ids = recording.decisions.filter { $0.kind == .verdict }.map(\.id)
        let (changed, gone, added) = (ids[3], ids[5], ids[7])
        try recording.execute(
            """
            UPDATE decision SET json = CAST(replace(CAST(json AS TEXT), '"trust":', '"trust": ')
                AS BLOB) WHERE id = '\(changed)'
            """)
        let first = try replay(recording)
        #expect(first.code == 1 && first.errors.isEmpty, "\(first)")
        #expect(first.output.contains("1 events differ, the first of them:"))
        #expect(first.output.contains("recorded  {\"decision_id\":\"\(changed)\""))
        #expect(first.output.contains("replayed  {\"decision_id\":\"\(changed)\""))
        #expect(first.output.contains("the JSON departs at byte"))
        #expect(try replay(recording, changed).code == 1)
        #expect(try replay(recording, added).code == 0)
        try recording.execute("DELETE FROM decision WHERE id = '\(gone)'")
        try recording.execute(
            """
            UPDATE decision SET id = 'other' WHERE id = '\(added)';
            UPDATE decision SET positive = 1 - positive WHERE id = '\(ids[9])'
            """)
        let all = try replay(recording, "--json")
        #expect(all.code == 1)
        let json = try json(all)
        #expect(json["differences"]?.int == 4)
        #expect(json["first_difference"]?["recorded"]?["decision_id"]?.string == changed)
        #expect(json["first_difference"]?["event"]?["seq"]?.int != nil)
        let missing = try replay(recording, "--since", try time(recording, of: gone))
        #expect(missing.output.contains("recorded  nothing"))
        #expect(
            try replay(recording, "--since", try time(recording, of: added)).output
                .contains("id: other recorded, \(added) now"))
        #expect(try replay(recording, ids[9]).output.contains("positive: "))
    }

    private func time(_ recording: Recording, of id: String) throws -> String {
        try #require(recording.decisions.first { $0.id == id }).at.rfc3339(.microseconds)
    }

    @Test("what retention left of a log is replayed, and what cannot be is named")
    func reach() throws {
        let recording = try life(600)
        try recording.checkpoint()
        let decision = try #require(recording.decisions.first { $0.eventSequence > 250 })
        let at = try #require(try recording.reader().position(of: 250)).at
        try recording.trim(before: at)
        let found = try replay(recording, "--json")
        #expect(found.code == 0, "\(found), seed \(seed)")
        let json = try json(found)
        let start = try #require(json["folded_from"]?.int)
        #expect(json["not_replayed"]?["first_event"]?.int == 250)
        #expect(json["not_replayed"]?["last_event"]?.int == start)
        #expect(try replay(recording).output.contains("not replayed: events 250 to \(start)"))
        expectColumns(try replay(recording))
        if decision.eventSequence <= start {
            let out = try replay(recording, decision.id)
            #expect(out.code == 65 && out.errors.contains("can be replayed from event"), "\(out)")
        }
        let early = try replay(recording, "--from", "3")
        #expect(early.code == 65 && early.errors.contains("out of reach"))
    }

    @Test("a time of which a part is out of reach does not agree, and ends with 65")
    func incomplete() throws {
        let recording = try life(600)
        try recording.checkpoint()
        func time(_ event: EventSequence) throws -> String {
            try #require(try recording.reader().position(of: event)).at.rfc3339(.microseconds)
        }
        try recording.trim(before: try #require(try recording.reader().position(of: 250)).at)
        let start = try #require(try json(try replay(recording, "--json"))["folded_from"]?.int)
        for since in [try time(250), try time(start), "2023-01-01T00:00:00Z"] {
            let found = try replay(recording, "--since", since)
            #expect(found.code == 65, "\(found), seed \(seed)")
            #expect(
                found.errors.contains("can be replayed from event \(start + 1) on"), "\(found)")
            #expect(found.output.contains("what was replayed agrees; that is not all"))
            #expect(!found.output.contains("all agree"))
            expectColumns(found)
            let told = try replay(recording, "--since", since, "--json")
            #expect(told.code == 65, "\(told)")
            #expect(try json(told)["agrees"]?.bool == true)
            #expect(try json(told)["complete"]?.bool == false)
        }
        // Who says where to begin has all of what was asked for, and so has who names no time.
        for options in [
            ["--since", try time(start + 1)], ["--since", try time(250), "--from", "\(start)"],
            ["--until", try time(start + 9)], [],
        ] {
            let found = try Command(["replay", "--database", recording.path] + options).wait()
            #expect(found.code == 0 && found.errors.isEmpty, "\(found), seed \(seed)")
            #expect(found.lines.last == "all agree", "\(options)")
        }
        let last = try #require(recording.decisions.last)
        try recording.execute("UPDATE decision SET positive = 1 - positive WHERE id = '\(last.id)'")
        let differs = try replay(recording, "--since", try time(250))
        #expect(differs.code == 1, "what differs comes first: \(differs)")
    }

    @Test("where a replay can begin, for a person and for a program")
    func starts() throws {
        let recording = try life()
        let lines = try replay(recording, "--starts").lines
        let told = try replay(recording, "--starts", "--json")
        #expect(told.code == 0 && told.lines.count == 1, "\(told)")
        let places = try #require(try json(told)["starts"]?.array).map { $0.int }
        #expect(places.count > 2 && places == lines.map { Int64($0) }, "\(told) \(lines)")
    }

    @Test("an entity that was forgotten is named, and others are judged as before")
    func forgotten() throws {
        let recording = try life(300)
        try recording.askToForget("press-3")
        try recording.live(100, seed: seed &+ 1, reloads: false)
        let found = try replay(recording)
        #expect(found.code == 0, "\(found), seed \(seed)")
        #expect(found.output.contains("forgot an entity"), "\(found)")
        expectColumns(found)
    }

    @Test("what is wrong with the store or the command line has its code")
    func codes() throws {
        let recording = try Recording()
        #expect(try replay(recording).code == 65)
        try recording.activate(PressRules.yaml())
        #expect(try replay(recording, "none-1").code == 1)
        #expect(try replay(recording, "a", "--since", "1h").code == 64)
        #expect(try replay(recording, "--since", "1h", "--until", "2h").code == 64)
        #expect(try replay(recording, "--starts", "--from", "0").code == 64)
        #expect(try Command.run("replay", "--database", recording.path + ".none").code == 66)
    }

    @Test("the bar tells how far, how fast and how long")
    func bar() {
        let bar = ProgressBar(total: 2_000, unit: "events", isShown: false, columns: 80)
        #expect(
            bar.text(500, after: .seconds(2))
                == "[######                  ]  25 %  500 of 2000 events  250/s  6 s left")
        #expect(
            bar.text(2_000, after: .seconds(4))
                == "[########################] 100 %  2000 of 2000 events  500/s")
        #expect(bar.text(0, after: .zero).hasSuffix("0 of 2000 events"))
    }

    @Test("the bar never fills a line of the terminal, which would break")
    func narrow() {
        for columns in [1, 20, 40, 80, 200] {
            for total: Int64 in [1, 1_234_567, 9_999_999_999] {
                let bar = ProgressBar(
                    total: total, unit: "events", isShown: false, columns: columns)
                for done in [0, 1, total / 2, total] {
                    for elapsed: Duration in [.zero, .microseconds(1), .seconds(100_000)] {
                        let text = bar.text(done, after: elapsed)
                        #expect(text.count <= max(1, columns - 1), "\(columns): \(text)")
                    }
                }
            }
        }
        let long = ProgressBar(total: 1_234_567, unit: "events", isShown: false, columns: 80)
        #expect(
            long.text(1_000_000, after: .seconds(10))
                == "[###############    ]  81 %  1000000 of 1234567 events  100000/s  3 s left")
    }
}
