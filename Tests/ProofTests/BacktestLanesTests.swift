import Core
import ProofTestSupport
import TestSupport
import Testing

@testable import Mind
@testable import Proof

@Suite("Backtests that several minds share")
struct BacktestLanesTests {
    private let seed = UInt64.random(in: 0...UInt64.max)

    private func rules(_ yaml: String) throws -> RuleSet {
        try RuleSetLoader.load([RuleFile(name: "other.yaml", text: yaml)])
    }

    /// By minds that share it; nil where it cannot be divided.
    private func divided(
        _ history: History, _ set: RuleSet, _ events: ClosedRange<EventSequence>,
        from start: History.Start, _ lanes: Int
    ) throws -> Backtest? {
        let attempt = try attempt(history, set, events, from: start, judgesOnly: true)
        switch try history.divided(attempt, under: set, lanes: lanes, progress: nil) {
        case .found(let backtest): return backtest
        case .undividable, .tooManyEntities: return nil
        }
    }

    private func attempt(
        _ history: History, _ set: RuleSet, _ events: ClosedRange<EventSequence>,
        from start: History.Start, judgesOnly: Bool
    ) throws -> BacktestAttempt {
        let mind = try #require(try history.mind(at: start, under: .other(set)))
        let work = BacktestWork(Backtest(set.digest, events, from: mind.sequence, rowsMax: .max))
        return BacktestAttempt(events: events, mind: mind, work: work, judgesOnly: judgesOnly)
    }

    private func expectSame(_ one: Backtest, _ other: Backtest, _ what: Comment) {
        #expect(one.events == other.events && one.start == other.start, what)
        #expect(one.from == other.from && one.to == other.to, what)
        #expect(one.verdicts == other.verdicts, what)
        #expect(one.alerts == other.alerts, what)
        #expect(one.rules.map(\.name) == other.rules.map(\.name), what)
        #expect(one.rules.map(\.tally) == other.rules.map(\.tally), what)
        #expect(one.entities.map(\.name) == other.entities.map(\.name), what)
        #expect(one.entities.map(\.tally) == other.entities.map(\.tally), what)
        #expect(one.ruleFailures == other.ruleFailures, what)
    }

    /// With requests to judge, which name their entity in the body, among the rest.
    private func recording(_ events: Int) throws -> Recording {
        var generator = SeededGenerator(seed: seed)
        let recording = try Recording(PressRules.yaml())
        for round in 0..<events / 50 {
            try recording.live(40, seed: seed &+ UInt64(round))
            for _ in 0..<10 {
                let device = Int.random(in: 1...9, using: &generator)
                let rpm = Int.random(in: 1_000...2_000, using: &generator)
                try recording.hear(
                    "jamey/edge-1/conscience/evaluate",
                    #"{"action":"spin","entity":"press-\#(device)","rpm":\#(rpm)}"#)
            }
        }
        return recording
    }

    @Test("several minds conclude what one does, wherever they begin", arguments: [2, 3, 7])
    func same(_ lanes: Int) throws {
        let recording = try recording(700)
        let history = try recording.history()
        // A proposal's field that requests lack makes rules fail.
        let hotter = PressRules.yaml(limit: 6.5)
            .replacing("payload.temp > 80.0", with: "payload.temp > 84.0")
        let set = try rules(
            hotter + """

                  - name: on-request
                    weight: 3
                    stance: oppose
                    on: evaluate
                    when: payload.rpm > 1200 && payload.vib > 1.0
                  - name: shaking
                    on: telemetry
                    when: 'payload != {"none": 0} && payload.vib > 5.0'
                    messageExpression: '"at " + string(payload.vib)'
                    actions: [{ publish: { topic: shakes, payload: payload.rpm } }]
                """)
        let last = history.last.sequence
        for start in history.starts where start.sequence + 60 < last {
            let events = start.sequence + 51...last - 3
            // By one mind that keeps everything.
            let attempt = try attempt(history, set, events, from: start, judgesOnly: false)
            guard case .found(let one) = try history.whole(attempt, under: set, progress: nil)
            else {
                Issue.record("seed \(seed)")
                return
            }
            expectSame(
                try history.backtest(set, on: events, from: start), one, "one that judges only")
            let several = try #require(try divided(history, set, events, from: start, lanes))
            #expect(one.verdicts.recorded > 0 && one.alerts.supposed > 0 && one.ruleFailures > 0)
            expectSame(several, one, "seed \(seed), from \(start.sequence)")
        }
    }

    @Test("one mind does what cannot be divided: messages about entities of several")
    func several() throws {
        let recording = try Recording(PressRules.yaml())
        try recording.live(300, seed: seed)
        let history = try recording.history()
        let set = try rules(
            PressRules.yaml().replacing(
                "routes:",
                with: """
                    routes:
                      - name: lines
                        topic: plant/{line}/+/telemetry
                        entity: "{line}"
                    """))
        let start = try #require(history.starts.first)
        let events = start.sequence + 1...history.last.sequence
        #expect(try divided(history, set, events, from: start, 7) == nil)
        expectSame(
            try history.backtest(set, on: events, from: start, lanes: 7),
            try history.backtest(set, on: events, from: start, lanes: 1), "seed \(seed)")
    }

    @Test("where there are more entities than minds that leave something out can know, all is kept")
    func entities() throws {
        let recording = try recording(200)
        let history = try recording.history()
        let set = try rules(PressRules.yaml(limit: 6.5))
        let start = try #require(history.starts.first)
        let events = start.sequence + 1...history.last.sequence
        let whole = try history.backtest(set, on: events, from: start)
        #expect(whole.verdicts.recorded > 0)
        var mind = try #require(try history.mind(at: start, under: .other(set)))
        // Room for what two entities can come to at most.
        mind.rollUps.bytesMax = 2 * RouteRollUp.estimatedBytesMax
        let work = BacktestWork(
            Backtest(set.digest, events, from: mind.sequence, rowsMax: .max))
        var attempt = BacktestAttempt(events: events, mind: mind, work: work, judgesOnly: true)
        for lanes in [1, 2] {
            let end =
                lanes == 1
                ? try history.whole(attempt, under: set, progress: nil)
                : try history.divided(attempt, under: set, lanes: lanes, progress: nil)
            guard case .tooManyEntities = end else {
                Issue.record("\(lanes): \(end), seed \(seed)")
                continue
            }
        }
        attempt.judgesOnly = false
        guard case .found(let found) = try history.whole(attempt, under: set, progress: nil) else {
            Issue.record("seed \(seed)")
            return
        }
        expectSame(found, whole, "seed \(seed)")
    }

    @Test("one mind does it where more timers are due than fire at once")
    func timers() throws {
        let recording = try Recording(PressRules.yaml())
        for device in 0...Limits.timersPerTick {
            try recording.hear(
                "plant/a/d\(device)/telemetry", #"{"vib":1,"temp":20}"#, after: .milliseconds(1))
        }
        try recording.tick(after: .seconds(60))
        try recording.tick(after: .seconds(1))
        let history = try recording.history()
        let set = try rules(PressRules.yaml())
        let start = try #require(history.starts.first)
        let events = start.sequence + 1...history.last.sequence
        #expect(try divided(history, set, events, from: start, 2) == nil)
        let found = try history.backtest(set, on: events, from: start, lanes: 2)
        #expect(found.alerts.same == Limits.timersPerTick + 1)
        #expect(found.alerts.new.count == 0 && found.alerts.vanished.count == 0)
    }

    @Test("a log that is overtaken by retention ends it, and every mind")
    func overtaken() throws {
        let recording = try Recording(PressRules.yaml())
        try recording.live(200, seed: seed)
        let history = try recording.history()
        let start = try #require(history.starts.first)
        try recording.execute("DELETE FROM event WHERE seq = 100")
        let set = try rules(PressRules.yaml())
        #expect(throws: HistoryError.overtaken(100)) {
            try history.backtest(
                set, on: start.sequence + 1...history.last.sequence, from: start, lanes: 2)
        }
    }
}

extension BacktestLanesTests {
    @Test("an alert whose record cannot be read again counts on neither side, whoever judges")
    func unreadable() throws {
        let deep = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
        let yaml = """
            routes:
              - { name: telemetry, topic: "plant/{line}/{device}/telemetry", entity: "{device}" }
            rules:
              - { name: deep, on: telemetry, when: 'payload != {"n": 0}' }
            """
        let recording = try Recording(yaml)
        try recording.hear("plant/a/m1/telemetry", #"{"deep":\#(deep)}"#, after: .seconds(1))
        try recording.hear("plant/a/m1/telemetry", #"{"n":0}"#, after: .seconds(1))
        let history = try recording.history()
        let decisions = try #require(try recording.reader().decisions(of: 1...9, after: nil).first)
        #expect(throws: JSONError.self) { try JSONDocument(decisions.decision.json) }
        let set = try RuleSetLoader.load([RuleFile(name: "o.yaml", text: yaml)])
        let start = try #require(history.starts.first)
        let events = start.sequence + 1...history.last.sequence
        for lanes in [1, 2] {
            let found = try history.backtest(set, on: events, from: start, lanes: lanes)
            // Its end is read, and is one of an alert that fired before.
            #expect(found.alerts.new.count == 0 && found.alerts.vanished.count == 0)
            #expect(found.alerts.recorded == found.alerts.supposed)
        }
    }
}
