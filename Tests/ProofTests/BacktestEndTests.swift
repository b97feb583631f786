import Core
import Mind
import Proof
import ProofTestSupport
import Testing

@Suite("Backtests that are ended, and the events they are about")
struct BacktestEndTests {
    private let seed = UInt64.random(in: 0...UInt64.max)

    private func rules() throws -> RuleSet {
        try RuleSetLoader.load([RuleFile(name: "o.yaml", text: PressRules.yaml(limit: 6))])
    }

    @Test(
        "what progress throws ends the backtest, on one thread and on several", arguments: [1, 3])
    func ended(_ lanes: Int) throws {
        let recording = try Recording(PressRules.yaml())
        try recording.live(Limits.readPageRows + 500, seed: seed, reloads: false)
        var history = try recording.history()
        history.readsAhead = lanes > 1
        let span = try HistorySpan(history)
        var told: [EventSequence] = []
        #expect(throws: HistoryError.ended, "seed \(seed)") {
            try history.backtest(
                try rules(), on: span.events, from: span.start, lanes: lanes
            ) { (event) throws(HistoryError) in
                told.append(event)
                throw .ended
            }
        }
        #expect(told.count == 1 && (told.first ?? 0) < span.events.upperBound, "seed \(seed)")
    }

    @Test("it finds the same whether pages are read ahead or not")
    func readingAhead() throws {
        let recording = try Recording(PressRules.yaml())
        try recording.live(Limits.readPageRows + 500, seed: seed, reloads: false)
        var history = try recording.history()
        let span = try HistorySpan(history)
        let ahead = try history.backtest(try rules(), on: span.events, from: span.start)
        history.readsAhead = false
        let inline = try history.backtest(try rules(), on: span.events, from: span.start)
        #expect(ahead.json(unreached: nil) == inline.json(unreached: nil), "seed \(seed)")
    }

    @Test("a span is the events of a time, and what of it is out of reach")
    func spans() throws {
        let recording = try Recording(PressRules.yaml())
        try recording.live(300, seed: seed, reloads: false)
        let history = try recording.history()
        let all = try HistorySpan(history)
        #expect(all.start.sequence == 0 && all.unreached == nil && all.missing == nil)
        #expect(all.events == 1...history.last.sequence)
        let late = try HistorySpan(history, since: history.last.at)
        #expect(late.events.upperBound == history.last.sequence, "seed \(seed)")
        #expect(late.start.sequence < late.events.lowerBound)
        #expect(throws: HistoryError.noEvents) {
            try HistorySpan(history, since: history.last.at + .seconds(1))
        }
        #expect(throws: HistoryError.noEvents) {
            try HistorySpan(history, until: history.first.at)
        }
        #expect(!HistoryError.noEvents.description.isEmpty)
        #expect(!HistoryError.ended.description.isEmpty)
    }
}
