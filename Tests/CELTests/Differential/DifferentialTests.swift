import CEL
import Foundation
import Testing

/// Every way to evaluate an expression comes to the same: value or error, and cost.
struct DifferentialTests {
    /// `JAMEY_DIFFERENTIAL` asks for more, as 1000000.
    static let pairs =
        ProcessInfo.processInfo.environment["JAMEY_DIFFERENTIAL"].flatMap { Int($0) } ?? 20_000

    /// `JAMEY_SEED` repeats a run.
    static let seed =
        ProcessInfo.processInfo.environment["JAMEY_SEED"].flatMap { UInt64($0) }
        ?? UInt64.random(in: .min ... .max)

    static let suite: [ConformanceCase] =
        ConformanceCase.path.flatMap { try? ConformanceCase.load($0) } ?? []

    @Test("the tree and the code of generated expressions agree on generated payloads")
    func agreement() async {
        // At once: a crash would say nothing.
        print("differential: seed \(Self.seed)")
        let differential = Differential(seed: Self.seed, suite: Self.suite) {
            [.tree] + Evaluator.compiled()
        }
        let tally = await differential.run(
            pairs: Self.pairs, workers: ProcessInfo.processInfo.activeProcessorCount)
        print("differential: seed \(Self.seed): \(tally)")
        for finding in tally.findings { Issue.record("\(finding)") }
        #expect(tally.unparsed * 20 < tally.trials, "too much of what is made is no expression")
        #expect(tally.values * 4 > tally.pairs, "too little of what is made has a value")
    }

    @Test("they agree on the parts that are evaluated by themselves, behind others")
    func parts() async {
        let differential = Differential(seed: Self.seed, suite: []) {
            let machine = Machine()
            return [Evaluator.tree, .code(on: machine)].map(\.ofParts)
        }
        let tally = await differential.run(pairs: Self.pairs / 5, workers: 1)
        for finding in tally.findings { Issue.record("\(finding)") }
    }
}
