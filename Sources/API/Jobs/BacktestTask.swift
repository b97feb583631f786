import Core
import Mind
import Proof
import Store

/// Other rules on recorded history.
struct BacktestTask: JobTask {
    let ruleset: RuleSet
    var span = TimeSpan()

    var order: JobOrder { .backtest(ruleset: ruleset.digest, span) }

    func report(on store: StoreReader, _ steps: JobSteps) throws(HistoryError) -> [UInt8] {
        var history = try History(store)
        history.readsAhead = false
        let range = try HistorySpan(history, since: span.since, until: span.until)
        let first = range.start.sequence
        let total = range.events.upperBound - first
        try steps.tell(0, of: total)
        let backtest = try history.backtest(
            ruleset, on: range.events, from: range.start, rowsMax: Limits.backtestJobFlipsMax
        ) { (event) throws(HistoryError) in try steps.tell(event - first, of: total) }
        return backtest.json(
            unreached: range.unreached, rowBytesMax: Limits.backtestJobRowBytesMax)
    }
}
