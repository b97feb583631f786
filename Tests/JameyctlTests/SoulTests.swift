import Core
import Foundation
import Mind
import Store
import TestSupport
import Testing

@testable import jameyctl

@Suite("jameyctl soul")
struct SoulTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func run(_ arguments: String...) throws -> Command.Result {
        try Command(["soul"] + arguments + ["--database", scratch.store]).wait()
    }

    /// A store at rest in which rules and a verdict have said something, a moment ago.
    private func fill() throws {
        let writer = try scratch.writer()
        let now = SystemTime().now()
        var souls: [String: Soul] = [:]
        var all = Batch()
        for (index, (entity, emotion, source)) in [
            ("press-7", Emotion.anger, Evidence.Source.rule), ("press-7", .anger, .alert),
            ("press-7", .joy, .verdict), ("pump-2", .love, .rule),
        ].enumerated() {
            let at = now + .seconds(index - 100)
            var soul = souls[entity] ?? Soul(at: at)
            let before = soul.settled(at: at, halfLife: Soul.halfLifeDefault).trust
            soul.record(emotion, weight: Soul.piece, at: at, halfLife: Soul.halfLifeDefault)
            souls[entity] = soul
            all.souls.append(
                .evidence(
                    Evidence(
                        entity: entity, at: at, kind: .emotion(emotion), weight: Soul.piece,
                        source: source, origin: "over\u{1B}[2Jheat", decisionID: "4f2a9c11-1",
                        eventSequence: 1, before: before, soul: soul,
                        heard: entity == "pump-2" ? at...at : nil)))
        }
        all.events = [message(1)]
        all.memories = [
            Memory(
                layer: .episodic, entity: "press-7", at: now, content: "overheat at 81", tags: [],
                rule: "overheat", decisionID: "4f2a9c11-1", eventSequence: 1),
            Memory(
                layer: .semantic, entity: "line-1", at: now, content: "all presses are old",
                tags: [], rule: "", decisionID: "", eventSequence: 1),
        ]
        _ = try writer.commit(all, synced: false)
        try writer.close()
    }

    private func entities(_ arguments: String...) throws -> [String] {
        let all = ["soul", "list", "--database", scratch.store] + arguments
        return try Command(all).wait().lines.compactMap {
            $0.split(separator: " ").first.map(String.init)
        }
    }

    @Test("list shows trust and mood, in the order that is asked for")
    func list() throws {
        try fill()
        let lines = try run("list").lines
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix("pump-2     0.67 😍 love"), "\(lines)")
        #expect(lines[1].hasPrefix("press-7    0.40 😢 sadness 3 changes, the last "), "\(lines)")
        #expect(lines[0].contains("1 change, "), "\(lines)")
        #expect(try entities("--sort", "trust") == ["press-7", "pump-2"])
        #expect(try entities("--sort", "trust", "--reverse") == ["pump-2", "press-7"])
        #expect(try entities("--sort", "evidence") == ["press-7", "pump-2"])
        #expect(try entities("--sort", "entity") == ["press-7", "pump-2"])
        let few = try run("list", "-n", "1")
        #expect(few.lines.count == 1 && few.errors.contains("2 in all"))
        let json = try run("list", "--json").lines.map { try JSONScanner.scan(Array($0.utf8)) }
        #expect(json.map { $0["entity"]?.string } == ["pump-2", "press-7"])
        #expect(json[0]["emoji"]?.string == "😍" && json[0]["mood"]?.string == "love")
        #expect(abs((json[1]["trust"]?.double ?? 0) - 0.4) < 0.001)
        #expect(json[0]["first_seen"] != nil && json[1]["first_seen"] == nil)
    }

    @Test("show draws the course of trust and tells what moved it, without control characters")
    func show() throws {
        try fill()
        #expect(try run("record", "press-7", "anger", "--weight", "5", "--note", "bent").code == 0)
        let link = ["memory", "link", "2", "press-7", "--database", scratch.store]
        #expect(try Command(link).wait().code == 0)
        let shown = try run("show", "press-7")
        #expect(shown.code == 0, "\(shown)")
        let lines = shown.lines
        #expect(lines.contains("mood       😢 sadness") && lines.contains("trust      0.25"))
        #expect(lines.contains { $0.hasPrefix("1.0 │") })
        #expect(lines.contains { $0.hasPrefix("0.0 │█") })
        let reasons = lines.filter { $0.contains(" × ") }
        #expect(reasons.count == 4 && reasons[0].contains("“bent”"), "\(lines)")
        #expect(reasons[0].contains("😡 anger × 5.00") && reasons[0].contains("-0.1"))
        #expect(reasons.contains { $0.contains("verdict over\u{FFFD}[2Jheat 4f2a9c11-1") })
        #expect(!shown.output.contains("\u{1B}"))
        #expect(lines.suffix(2).first?.contains("all presses are old") == true, "\(lines)")
        #expect(lines.last?.contains("overheat at 81") == true)
        let json = try JSONScanner.scan(Array(run("show", "press-7", "--json").output.utf8))
        #expect(json["evidence"]?.array?.count == 4 && json["memories"]?.array?.count == 2)
        #expect(json["evidence"]?.array?[0]["source"]?.string == "person")
        #expect(json["half_life"]?.string == "7d")
        let none = try run("show", "nobody")
        #expect(none.code == 1 && none.errors.contains("nothing was recorded about 'nobody'"))
    }

    @Test("show lists the memories about an entity of whose trust nothing was recorded")
    func memoriesOnly() throws {
        try fill()
        let link = ["memory", "link", "1", "line-2", "--database", scratch.store]
        #expect(try Command(link).wait().code == 0)
        // Its own, and one that is linked to it.
        for (entity, content) in [
            ("line-1", "all presses are old"), ("line-2", "overheat at 81"),
        ] {
            let shown = try run("show", entity)
            #expect(shown.code == 0 && shown.errors.isEmpty, "\(shown)")
            let head = ["entity     \(entity)", "trust      nothing was recorded about it"]
            #expect(shown.lines.prefix(2) == head[...], "\(shown)")
            #expect(shown.lines.last?.contains(content) == true, "\(shown)")
            #expect(!shown.output.contains("│"), "\(shown)")
            let json = try JSONScanner.scan(Array(run("show", entity, "--json").output.utf8))
            #expect(json["entity"]?.string == entity && json["trust"] == nil)
            #expect(json["memories"]?.array?.count == 1 && json["evidence"]?.array?.count == 0)
        }
    }

    @Test("without an agent the store itself is changed, as an event of its log")
    func changes() throws {
        try scratch.writer().close()
        let recorded = try run("record", "lamp", "love", "--user", "ann")
        #expect(recorded.code == 0, "\(recorded)")
        #expect(recorded.output.hasPrefix("lamp       0.67 😍 love    1 change, "))
        let set = try JSONScanner.scan(Array(run("set", "lamp", "0.3", "--json").output.utf8))
        #expect(abs((set["trust"]?.double ?? 0) - 0.3) < 1e-6)
        let decayed = try run("decay", "lamp", "--half-lives", "100")
        #expect(decayed.output.hasPrefix("lamp       0.50 😐 neutral 3 changes"), "\(decayed)")
        #expect(try run("forget", "lamp").code == 0)
        #expect(try run("list").output.isEmpty)
        for verb in ["forget", "decay"] {
            let none = try run(verb, "lamp")
            #expect(none.code == 1 && none.errors.contains("nothing was recorded about 'lamp'"))
        }
        var requests: [SoulRequest] = []
        try StoreReader(path: scratch.store).forEachEvent { event in
            if case .control(.soul(let request)) = event.body { requests.append(request) }
            return true
        }
        #expect(requests.count == 6)
        #expect(
            requests.first
                == SoulRequest(
                    entity: "lamp", action: .record(.love, weight: Soul.piece, note: ""),
                    author: "ann"))
        #expect(try StoreReader(path: scratch.store).status().isClosed)
    }

    @Test("what was done at a store at rest, a mind that folds its log has, to the bit")
    func folded() throws {
        try scratch.writer().close()
        for arguments in [
            ["record", "lamp", "joy", "--weight", "0.7"], ["record", "lamp", "anger"],
            ["set", "press-7", "0.31"], ["decay", "lamp", "--half-lives", "0.3"],
            ["record", "press-7", "sadness"], ["record", "gone", "love"], ["forget", "gone"],
        ] {
            let all = ["soul"] + arguments + ["--database", scratch.store]
            #expect(try Command(all).wait().code == 0)
        }
        let reader = try StoreReader(path: scratch.store)
        var mind = Mind(settings: .init(root: "jamey/n", logID: "00c0ffee"))
        try reader.forEachEvent { event in
            _ = mind.perceive(event, isLogged: true)
            return true
        }
        var souls: [String: Soul] = [:]
        mind.forEachSoul { souls[$0] = $1 }
        #expect(souls.count == 2)
        for stored in try reader.souls() { #expect(souls[stored.entity] == stored.soul) }
        #expect(try reader.souls().map(\.entity) == ["press-7", "lamp"])
    }

    @Test("where neither a checkpoint nor the log's beginning is left, trust is what the store has")
    func beginningGone() throws {
        try scratch.writer().close()
        for arguments in [
            ["set", "press-7", "0.31"], ["record", "lamp", "joy"], ["record", "press-7", "anger"],
        ] {
            let all = ["soul"] + arguments + ["--database", scratch.store]
            #expect(try Command(all).wait().code == 0)
        }
        try SQL.run("DELETE FROM event WHERE seq < 3", scratch.store)
        let writer = try scratch.writer()
        let mind = try MindAtRest(writer).recover()
        try writer.close()
        var souls: [String: Soul] = [:]
        mind.forEachSoul { souls[$0] = $1 }
        let stored = try StoreReader(path: scratch.store).souls()
        #expect(souls.count == 2 && stored.count == 2 && mind.sequence == 3)
        for row in stored { #expect(souls[row.entity] == row.soul, "\(row.entity)") }
    }

    @Test("what is wrong with the command line is told before the store is looked at")
    func wrong() throws {
        for arguments in [
            ["list", "--sort", "mood"], ["list", "-n", "0"], ["show"], ["show", ""],
            ["record", "e"], ["record", "e", "rage"], ["record", "e", "joy", "--weight", "0"],
            ["record", "e", "joy", "--weight", "1e300"], ["set", "e", "1"], ["set", "e"],
            ["decay", "e", "--half-lives", "0"], ["forget"],
            ["record", "e", "joy", "--note", String(repeating: "x", count: 1_025)],
        ] {
            let result = try Command(["soul"] + arguments).wait()
            #expect(result.code == 64, "\(arguments): \(result)")
        }
        #expect(try run("list").code == 66 && run("record", "e", "joy").code == 66)
        try scratch.write("jamey.db", "hello")
        #expect(try run("show", "e").code == 65)
    }

    @Test("memory link and unlink: what is not there is told with code 1, what is full with 65")
    func links() throws {
        try fill()
        func memory(_ arguments: String...) throws -> Command.Result {
            try Command(["memory"] + arguments + ["--database", scratch.store]).wait()
        }
        #expect(try memory("link", "1", "line-1").code == 0)
        #expect(try memory("show", "1").lines.contains("linked to  line-1"))
        #expect(try memory("show", "1", "--json").output.contains(#""linked_to":["line-1"]"#))
        #expect(try memory("unlink", "1", "line-1").code == 0)
        let none = try memory("unlink", "1", "line-1")
        #expect(none.code == 1 && none.errors.contains("is not linked to 'line-1'"))
        let missing = try memory("link", "9", "line-1")
        #expect(missing.code == 1 && missing.errors.contains("there is no memory 9"))
        for number in 1...Limits.memoryLinksMax {
            #expect(try memory("link", "1", "e\(number)").code == 0)
        }
        #expect(try memory("link", "1", "more").code == 65)
        #expect(try memory("link", "0", "e").code == 64)
    }

    private func course(_ trust: [(Int64, Double)]) -> [Soul] {
        trust.map { second, value in
            var soul = Soul(at: Timestamp(microseconds: second * 1_000_000))
            soul.set(value, at: soul.at, halfLife: .seconds(10))
            return soul
        }
    }

    @Test("the plot goes from the first change to now, and decays in between")
    func plot() {
        let plot = TrustPlot(
            course([(0, 0.9), (100, 0.1)]), halfLife: .seconds(1_000_000),
            end: Timestamp(microseconds: 200_000_000))
        let values = plot.values(20, from: Timestamp(microseconds: 0))
        #expect(values.count == 20 && values[0] > 0.89 && values[8] > 0.89)
        #expect(values[9] < 0.11 && values[19] < 0.11)
        for columns in [10, 40, 80, 500] {
            let lines = plot.lines(columns: columns)
            #expect(lines.count == 6)
            #expect(lines.allSatisfy { $0.count <= max(15 + 5, min(columns, 120)) }, "\(lines)")
        }
        #expect(
            plot.lines(columns: 45)[0] == "1.0 │" + String(repeating: "▄", count: 19)
                + String(repeating: " ", count: 21))
        let one = TrustPlot(
            course([(5, 0.5)]), halfLife: .seconds(1), end: Timestamp(microseconds: 0))
        #expect(one.lines(columns: 20)[2].hasPrefix("0.5 │▄"))
        #expect(TrustPlot([], halfLife: .seconds(1), end: one.end).lines(columns: 80).isEmpty)
    }
}
