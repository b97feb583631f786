import Core
import Store

/// A backtest that is under way.
struct BacktestWork {
    private var backtest: Backtest
    private var rules: [String: Backtest.RuleTally] = [:]
    private var entities: [ExactText: Backtest.EntityTally] = [:]
    private var recordedAlerts = AlertSide()
    private var supposedAlerts = AlertSide()
    /// No alert was left out.
    private var isWhole = true
    private var hasBegun = false

    init(_ backtest: Backtest) { self.backtest = backtest }

    /// Says that events of this time are compared.
    mutating func cover(_ time: Timestamp) {
        if !hasBegun { backtest.from = time }
        hasBegun = true
        backtest.to = time
    }

    mutating func take(_ event: LogPosition, _ recorded: [Decision], _ outcome: Outcome) {
        backtest.ruleFailures += outcome.ruleFailures
        // Mostly there is nothing on either side.
        guard !recorded.isEmpty || !outcome.decisions.isEmpty else { return }
        var verdicts: [(decision: Decision, json: JSONValue, side: VerdictPair.Side)] = []
        for decision in recorded {
            switch decision.kind {
            case .alert: recordedAlerts.take(decision)
            case .verdict:
                guard let json = try? JSONScanner.scan(decision.json),
                    let side = VerdictPair.Side(json)
                else { continue }
                verdicts.append((decision, json, side))
                count(side, \.recorded)
            }
        }
        backtest.verdicts.recorded += verdicts.count
        for decision in outcome.decisions {
            switch decision.kind {
            case .alert: supposedAlerts.take(decision)
            case .verdict:
                guard let json = try? JSONScanner.scan(decision.json),
                    let side = VerdictPair.Side(json)
                else { continue }
                backtest.verdicts.supposed += 1
                count(side, \.supposed)
                // An event proposes one thing to a route; routes may have changed.
                let place = verdicts.firstIndex { $0.decision.route == decision.route }
                guard let place else {
                    backtest.verdicts.added += 1
                    continue
                }
                let (earlier, text, recordedSide) = verdicts.remove(at: place)
                compare(
                    VerdictPair(
                        event: event.sequence, at: event.at, route: decision.route,
                        entity: decision.entity, action: text["action"]?.string,
                        decisionID: earlier.id, recorded: recordedSide, supposed: side))
            }
        }
        backtest.verdicts.gone += verdicts.count
    }

    private mutating func count(
        _ side: VerdictPair.Side, _ which: WritableKeyPath<Backtest.Sides, Int>
    ) {
        for contribution in side.contributions {
            rules[contribution.rule, default: .init()].applied[keyPath: which] += 1
        }
    }

    private mutating func compare(_ pair: VerdictPair) {
        backtest.verdicts.compare(pair, rowsMax: backtest.rowsMax)
        guard pair.recorded.isApproved != pair.supposed.isApproved else { return }
        for rule in pair.movers { rules[rule, default: .init()].flips += 1 }
        let entity = ExactText(pair.entity)
        if pair.supposed.isApproved {
            entities[entity, default: .init()].denyToAllow += 1
        } else {
            entities[entity, default: .init()].allowToDeny += 1
        }
    }

    /// Nothing of what was taken in was left out.
    var isComplete: Bool { recordedAlerts.left + supposedAlerts.left == 0 }

    /// Compares the alerts of both sides. Whoever has taken in its last event can do that by
    /// itself, beside others: an alert is compared with those of its own entity.
    mutating func settle() {
        isWhole = isComplete
        backtest.alerts = AlertSide.compare(
            recordedAlerts, supposedAlerts, &entities, rowsMax: backtest.rowsMax)
        for (rule, count) in recordedAlerts.raised {
            rules[rule, default: .init()].raised.recorded += count
        }
        for (rule, count) in supposedAlerts.raised {
            rules[rule, default: .init()].raised.supposed += count
        }
        (recordedAlerts, supposedAlerts) = (AlertSide(), AlertSide())
    }

    /// Takes over what another mind concluded about other entities; both began together, and have
    /// settled.
    /// - Returns: false where there is too much to be compared as if it had been one.
    mutating func add(_ other: BacktestWork) -> Bool {
        backtest.ruleFailures += other.backtest.ruleFailures
        backtest.verdicts.add(other.backtest.verdicts, rowsMax: backtest.rowsMax)
        backtest.alerts.add(other.backtest.alerts, rowsMax: backtest.rowsMax)
        rules.merge(other.rules) { $0 + $1 }
        entities.merge(other.entities) { $0 + $1 }
        return isWhole && other.isWhole && backtest.alerts.recorded <= Limits.backtestAlertsMax
            && backtest.alerts.supposed <= Limits.backtestAlertsMax
    }

    /// The whole, of what has settled.
    mutating func finish() -> Backtest {
        backtest.rules = rules.sorted { $0.key < $1.key }.map { (name: $0.key, tally: $0.value) }
        let sorted = entities.sorted {
            ($1.value.total, $0.key.text) < ($0.value.total, $1.key.text)
        }
        backtest.entities = sorted.prefix(Limits.backtestEntitiesMax).map {
            (name: $0.key.text, tally: $0.value)
        }
        backtest.furtherEntities = max(0, sorted.count - Limits.backtestEntitiesMax)
        return backtest
    }
}
