/// Macros that evaluate a part repeatedly, or under a name.
extension CostEstimator {
    /// What the turns of a loop come to.
    private struct Turns {
        /// All but one, with elements that have nothing.
        var rest: (count: Double, body: Estimate)
        /// The one whose element has all.
        var whole: (count: Double, body: Estimate)

        var steps: Double { rest.count * rest.body.steps + whole.count * whole.body.steps }

        func sum(_ part: KeyPath<ValueSize, Double>) -> Double {
            rest.count * rest.body.size[keyPath: part]
                + whole.count * whole.body.size[keyPath: part]
        }
    }

    mutating func loop(_ comprehension: Node.Comprehension, _ node: Node) -> Estimate {
        let range = estimate(comprehension.range)
        let outside = nested
        let (turns, inside) = turns(comprehension, over: range.size)
        let steps = turns.steps
        note(
            comprehension, node, steps: max(0, steps - inside), turns: range.size.turns)
        nested = outside + steps
        var size = result(of: comprehension, over: range.size, turns)
        // What all turns made together is no share of anything, outside of all loops.
        if depth == 0 { size.isShare = false }
        return Estimate(steps: range.steps + steps, size: size)
    }

    /// - Returns: Also what the loops in the body cost.
    private mutating func turns(
        _ comprehension: Node.Comprehension, over range: ValueSize
    ) -> (Turns, nested: Double) {
        let count = range.turns
        let isUneven =
            range.element(isWhole: true) != range.element(isWhole: false)
            || range.key(isWhole: true) != range.key(isWhole: false)
        var turns = Turns(
            rest: (isUneven ? max(0, count - 1) : 0, Estimate(steps: 0)),
            whole: (isUneven ? min(1, count) : count, Estimate(steps: 0)))
        nested = 0
        if turns.rest.count > 0 {
            turns.rest.body = body(
                comprehension, over: range, isWhole: false, turns: turns.rest.count)
        }
        var inside = nested * turns.rest.count
        nested = 0
        turns.whole.body = body(
            comprehension, over: range, isWhole: true, turns: turns.whole.count)
        inside += nested * turns.whole.count
        return (turns, inside)
    }

    private mutating func body(
        _ comprehension: Node.Comprehension, over range: ValueSize, isWhole: Bool, turns: Double
    ) -> Estimate {
        enter(comprehension, range, isWhole: isWhole)
        let outside = times
        times = min(times * turns, ValueSize.boundless)
        depth += 1
        defer {
            times = outside
            depth -= 1
        }
        var made = Estimate(steps: 0, size: locals[comprehension.local].size)
        if let predicate = comprehension.predicate { made.steps += estimate(predicate).steps }
        if let transform = comprehension.transform {
            let found = estimate(transform)
            made.steps += found.steps
            made.size = found.size
            if comprehension.macro == .transformMapEntry { made.steps += found.size.walking }
        }
        return made
    }

    private mutating func enter(
        _ comprehension: Node.Comprehension, _ range: ValueSize, isWhole: Bool
    ) {
        var element = range.element(isWhole: isWhole)
        var key = range.key(isWhole: isWhole)
        element.isShare = true
        key.isShare = true
        if let second = comprehension.second {
            locals[comprehension.local] = Estimate(steps: 0, size: key)
            locals[second] = Estimate(steps: 0, size: element)
        } else {
            let isMap = range.shape == .map
            locals[comprehension.local] = Estimate(steps: 0, size: isMap ? key : element)
        }
    }

    private func result(
        of comprehension: Node.Comprehension, over range: ValueSize, _ turns: Turns
    ) -> ValueSize {
        let (rest, whole) = (turns.rest.body.size, turns.whole.body.size)
        let isShare = rest.isShare || whole.isShare || range.isShare
        switch comprehension.macro {
        case .all, .exists, .existsOne: return .scalar
        case .filter, .map, .transformList, .transformMap:
            let element = turns.rest.count > 0 ? rest.joined(with: whole) : whole
            let list = ValueSize.list(
                count: range.turns, inner: turns.sum(\.parts), bytes: turns.sum(\.bytes),
                element: element, isShare: isShare)
            // Its keys are those of the range.
            let isMap = comprehension.macro == .transformMap
            return isMap ? list.mapped(keyBytes: range.bytes) : list
        case .transformMapEntry:
            var map = rest.merged(turns.rest.count, with: whole, turns.whole.count)
            map.isShare = isShare
            return map
        }
    }

    private mutating func note(
        _ comprehension: Node.Comprehension, _ node: Node, steps: Double, turns: Double
    ) {
        let known = costs[node.at] ?? Cost(name: comprehension.macro.rawValue)
        costs[node.at] = Cost(
            name: known.name, steps: min(known.steps + times * steps, ValueSize.boundless),
            turns: min((known.turns ?? 0) + times * turns, ValueSize.boundless))
    }

    // MARK: Names

    mutating func bind(_ bindings: [Node.Binding], _ body: Node) -> Estimate {
        let outside = nested
        for binding in bindings { locals[binding.local] = estimate(binding.value) }
        // Paid where it is looked at.
        nested = outside
        return estimate(body)
    }

    mutating func optionalMap(_ map: Node.OptionalMap) -> Estimate {
        let target = estimate(map.target)
        locals[map.local] = Estimate(steps: 0, size: target.size)
        let body = estimate(map.body)
        return Estimate(steps: target.steps + body.steps, size: body.size.wrapped)
    }
}
