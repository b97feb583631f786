@testable import CEL
import Testing

/// That the differential test goes everywhere.
struct CoverageTests {
    /// Of the usual run there are 2,500; a few forms are rare.
    private static let trialsMax = 12_000

    @Test("generated expressions reach every node, function and error, with values and without")
    func reach() {
        let generator = TrialGenerator(seed: FaultTests.seed, suite: [])
        var coverage = Coverage()
        var number = 0
        while number < Self.trialsMax, number % 250 != 0 || !coverage.missing.isEmpty {
            if let trial = generator.trial(number) {
                for pair in generator.pairs(number).prefix(3) {
                    coverage.observe(trial.expression, trial.scene(pair), fuel: pair.fuel)
                }
            }
            number += 1
        }
        print("coverage: all was reached within \(number) trials")
        #expect(coverage.missing == [], "seed \(generator.seed)")
    }
}
