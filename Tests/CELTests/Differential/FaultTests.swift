@testable import CEL
import Testing

/// That the differential test can fail.
struct FaultTests {
    /// Always the same: how short a finding can be told depends on what is made.
    static let seed: UInt64 = 1

    @Test(
        "a fault is found within a usual run and told by something short",
        arguments: PlantedFault.allCases
    )
    func finding(_ fault: PlantedFault) throws {
        let differential = Differential(seed: Self.seed, suite: []) {
            [.tree, fault.evaluator]
        }
        // The usual number, whatever the long run is asked for.
        let tally = differential.run(0..<20_000 / TrialGenerator.pairsPerTrial)
        let found = try #require(tally.findings.first, "seed \(differential.seed)")
        print("fault \(fault.rawValue), after \(tally.trials) trials: \(found.source)")
        #expect(found.source.utf8.count <= 60, "\(found)")
        #expect((found.payload ?? "").utf8.count <= 60, "\(found)")
    }
}
