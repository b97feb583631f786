extension Pattern {
    /// Whether the pattern matches anywhere in the text.
    ///
    /// Spends one unit of fuel for every eight instructions looked at.
    func matches(
        _ text: String, spending fuel: inout Fuel
    ) throws(EvaluationError.Reason) -> Bool {
        if let literal {
            try fuel.spend(bytes: text.utf8.count)
            return Text.contains(text, literal)
        }
        var matcher = PatternMatcher(instructions: instructions)
        var previous: Unicode.Scalar?
        var scalars = text.unicodeScalars.makeIterator()
        while true {
            let next = scalars.next()
            matcher.begin(previous, next)
            matcher.addStart()
            if matcher.hasMatched { return true }
            guard let next else { return false }
            matcher.step(over: next)
            try fuel.spend(matcher.drainWork() / 8 + 1)
            previous = next
        }
    }
}

/// The states of one run: a list of instructions, each at most once.
private struct PatternMatcher {
    let instructions: [Pattern.Instruction]
    /// Instructions that wait for the next code point.
    private var current: [Int] = []
    /// Instructions that the current place is to continue at.
    private var pending: [Int] = []
    private var seen: [Int]
    private var generation = 0
    private var stack: [Int] = []
    private var work = 0
    private var before: Unicode.Scalar?
    private var after: Unicode.Scalar?
    private(set) var hasMatched = false

    init(instructions: [Pattern.Instruction]) {
        self.instructions = instructions
        seen = Array(repeating: 0, count: instructions.count)
    }

    mutating func drainWork() -> Int {
        defer { work = 0 }
        return work
    }

    /// Comes to a place between two code points and follows what needs none.
    mutating func begin(_ before: Unicode.Scalar?, _ after: Unicode.Scalar?) {
        self.before = before
        self.after = after
        generation += 1
        current.removeAll(keepingCapacity: true)
        for instruction in pending { follow(instruction) }
        pending.removeAll(keepingCapacity: true)
    }

    /// A match may begin at every place.
    mutating func addStart() { follow(0) }

    mutating func step(over scalar: Unicode.Scalar) {
        for index in current {
            work += 1
            switch instructions[index] {
            case .scalar(let wanted): if wanted == scalar { pending.append(index + 1) }
            case .set(let set): if set.contains(scalar) { pending.append(index + 1) }
            case .assertion, .split, .jump, .match: break
            }
        }
    }

    private mutating func follow(_ start: Int) {
        stack.append(start)
        while let index = stack.popLast() {
            guard seen[index] != generation else { continue }
            seen[index] = generation
            work += 1
            switch instructions[index] {
            case .scalar, .set: current.append(index)
            case .jump(let target): stack.append(target)
            case .split(let first, let second):
                stack.append(second)
                stack.append(first)
            case .assertion(let assertion): if holds(assertion) { stack.append(index + 1) }
            case .match: hasMatched = true
            }
        }
    }

    private func holds(_ assertion: PatternNode.Assertion) -> Bool {
        switch assertion {
        case .textStart: before == nil
        case .textEnd: after == nil
        case .lineStart: before == nil || before == "\n"
        case .lineEnd: after == nil || after == "\n"
        case .wordBoundary: (before?.isWord ?? false) != (after?.isWord ?? false)
        case .noWordBoundary: (before?.isWord ?? false) == (after?.isWord ?? false)
        }
    }
}
