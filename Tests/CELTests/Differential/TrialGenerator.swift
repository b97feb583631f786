import CEL

/// Makes the trials and pairs of a seed; each by its number, whatever came before.
struct TrialGenerator {
    /// Pairs of one expression; the last has the payload of the one before it and less fuel.
    static let pairsPerTrial = 8
    /// Enough for most; nests of macros would take the test's time else.
    static let fuel = 20_000

    let seed: UInt64
    let functions = FunctionIndex(Scene.functions)
    let suite: SuiteMutator?

    init(seed: UInt64, suite: [ConformanceCase]) {
        self.seed = seed
        self.suite = SuiteMutator(suite)
    }

    /// The seed of what has a number, different in all bits from that of the next.
    private func seed(of number: Int, _ use: UInt64) -> UInt64 {
        var random = Random(seed: seed &+ use)
        var other = Random(seed: UInt64(number))
        return random.next() ^ other.next()
    }

    /// nil where what was made is no expression.
    func trial(_ number: Int) -> Trial? {
        var generator = ExpressionGenerator(seed: seed(of: number, 0), functions: functions)
        if number % 5 == 0 {
            return Trial(call(number / 5, &generator), in: Trial.Setting(), number: number)
        }
        guard let suite, generator.random.chance(15) else {
            return Trial(generator.expression(), in: Trial.Setting(), number: number)
        }
        let (source, setting) = suite.mutation(&generator)
        return Trial(source, in: setting, number: number)
    }

    /// Every function in its turn, each other turn with an argument that does not fit.
    private func call(_ turn: Int, _ generator: inout ExpressionGenerator) -> String {
        let all = functions.functions
        return generator.call(all[turn % all.count], hasMisfit: turn / all.count % 2 == 1)
    }

    /// The pairs of a trial that have all the fuel.
    func pairs(_ number: Int) -> [Trial.Pair] {
        var payloads = PayloadGenerator(seed: seed(of: number, 1))
        var random = Random(seed: seed(of: number, 2))
        return (0..<Self.pairsPerTrial - 1).map { _ in
            Trial.Pair(
                payload: payloads.payload(), variant: random.below(60), fuel: Self.fuel)
        }
    }

    /// A pair once more with less fuel than it takes, or just as much.
    func starved(_ pair: Trial.Pair, cost: Int, _ number: Int) -> Trial.Pair {
        var random = Random(seed: seed(of: number, 3))
        let fuel = random.chance(30) ? max(0, cost - random.below(3)) : random.below(cost + 1)
        return Trial.Pair(payload: pair.payload, variant: pair.variant, fuel: fuel)
    }
}
