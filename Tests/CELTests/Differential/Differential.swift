import CEL
import Core

/// Generated pairs of expressions and payloads, evaluated in several ways that have to agree.
struct Differential: Sendable {
    let seed: UInt64
    let suite: [ConformanceCase]
    /// New ones for every worker; the first is the oracle.
    let evaluators: @Sendable () -> [Evaluator]

    /// Runs trials, each worker until its first finding.
    func run(pairs: Int, workers: Int) async -> Tally {
        let trials = max(1, pairs / TrialGenerator.pairsPerTrial)
        return await withTaskGroup(of: Tally.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    run(stride(from: worker, to: trials, by: workers))
                }
            }
            return await group.reduce(into: Tally()) { $0.add($1) }
        }
    }

    /// Runs trials by their numbers until there is a finding.
    func run(_ numbers: some Sequence<Int>) -> Tally {
        let generator = TrialGenerator(seed: seed, suite: suite)
        let evaluators = evaluators()
        var tally = Tally()
        for number in numbers where tally.findings.isEmpty {
            guard let trial = generator.trial(number) else {
                tally.unparsed += 1
                continue
            }
            if !trial.isChecked { tally.unchecked += 1 }
            tally.trials += 1
            run(trial, of: generator, evaluators, &tally)
        }
        return tally
    }

    private func run(
        _ trial: Trial, of generator: TrialGenerator, _ evaluators: [Evaluator],
        _ tally: inout Tally
    ) {
        let runs = evaluators.map { $0.prepare(trial.expression) }
        var last: (pair: Trial.Pair, cost: Int)?
        func isSame(_ pair: Trial.Pair) -> Bool {
            let scene = trial.scene(pair)
            let expected = runs[0](scene, pair.fuel)
            tally.count(expected)
            last = (pair, expected.cost)
            for (evaluator, run) in zip(evaluators, runs).dropFirst() {
                let found = run(scene, pair.fuel)
                guard found.difference(from: expected) == nil else {
                    let shrinker = Shrinker(oracle: evaluators[0], judged: evaluator)
                    tally.findings.append(
                        shrinker.finding(trial, pair, seed: seed))
                    return false
                }
            }
            return true
        }
        for pair in generator.pairs(trial.number) {
            guard isSame(pair) else { return }
        }
        guard let (pair, cost) = last else { return }
        _ = isSame(generator.starved(pair, cost: cost, trial.number))
    }
}
