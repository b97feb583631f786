import CEL

extension Evaluator {
    /// The same for the parts of an expression that are evaluated by themselves, all at once.
    ///
    /// An alert shows what its condition looks at, a window is given what its call is passed; these
    /// are cut out of the bindings around.
    var ofParts: Evaluator {
        Evaluator(name: "\(name), of parts") { expression in
            let runs = expression.partsByThemselves.map(prepare)
            return { scene, fuel in
                let outcomes = runs.map { $0(scene, fuel) }
                // Where fuel ends is the evaluator's own.
                let ended = outcomes.filter { $0.reason != .outOfFuel }
                let shown = outcomes.map { outcome in
                    outcome.reason == .outOfFuel ? .null : outcome.value ?? .string("\(outcome)")
                }
                return Outcome(
                    ending: .success(.list(shown)), cost: ended.reduce(0) { $0 + $1.cost },
                    calls: ended.flatMap(\.calls))
            }
        }
    }
}

extension CEL.Expression {
    fileprivate var partsByThemselves: [CEL.Expression] {
        let passed = hostCalls.filter { !$0.isInMacro }.flatMap(\.arguments)
        return [observed].compactMap { $0 }
            + terms.prefix(4).flatMap { [$0.term, $0.observed].compactMap { $0 } }
            + passed.prefix(4)
    }
}
