import Core

/// A regular expression, compiled for matching in time linear in the text.
///
/// A Thompson automaton that is in all its states at once (Pike's simulation): every code point of
/// the text costs at most one look at every instruction, whatever the pattern.
struct Pattern: Sendable {
    enum Instruction: Sendable {
        case scalar(Unicode.Scalar)
        case set(CharacterSet)
        case assertion(PatternNode.Assertion)
        case split(Int, Int)
        case jump(Int)
        case match
    }

    let instructions: [Instruction]
    /// The text to look for, when the pattern is nothing else.
    let literal: String?

    /// Compiles RE2's syntax; a pattern of more than `Limits.patternInstructionsMax` instructions
    /// is an error as a malformed one is.
    init(_ text: String) throws(PatternError) {
        var parser = PatternParser(text)
        let tree = try parser.parse()
        var compiler = PatternCompiler()
        try compiler.emit(tree)
        literal = compiler.literal
        instructions = compiler.instructions + [.match]
    }
}

/// Turns a pattern's tree into instructions.
private struct PatternCompiler {
    var instructions: [Pattern.Instruction] = []

    /// The text of a program of code points only.
    var literal: String? {
        var text = ""
        for instruction in instructions {
            guard case .scalar(let scalar) = instruction else { return nil }
            text.unicodeScalars.append(scalar)
        }
        return text
    }

    mutating func emit(_ node: PatternNode) throws(PatternError) {
        switch node {
        case .empty: break
        case .scalars(let set): try append(Self.instruction(set))
        case .assertion(let assertion): try append(.assertion(assertion))
        case .sequence(let nodes): for node in nodes { try emit(node) }
        case .alternatives(let branches): try emit(branches[...])
        case .repeated(let node, let least, let most): try emit(node, least: least, most: most)
        }
    }

    private mutating func append(_ instruction: Pattern.Instruction) throws(PatternError) {
        guard instructions.count < Limits.patternInstructionsMax else {
            throw PatternError(offset: 0, message: "the pattern is too large")
        }
        instructions.append(instruction)
    }

    private static func instruction(_ set: CharacterSet) -> Pattern.Instruction {
        if case .range(let range)? = set.items.first, set.items.count == 1, range.count == 1,
            !set.isNegated, !set.ignoresCase, let scalar = Unicode.Scalar(range.lowerBound)
        {
            return .scalar(scalar)
        }
        return .set(set)
    }

    private mutating func emit(_ branches: ArraySlice<PatternNode>) throws(PatternError) {
        var jumps: [Int] = []
        for (index, branch) in branches.enumerated() {
            let split = instructions.count
            let isLast = index == branches.count - 1
            if !isLast { try append(.split(split + 1, 0)) }
            try emit(branch)
            guard !isLast else { break }
            jumps.append(instructions.count)
            try append(.jump(0))
            instructions[split] = .split(split + 1, instructions.count)
        }
        for jump in jumps { instructions[jump] = .jump(instructions.count) }
    }

    private mutating func emit(
        _ node: PatternNode, least: Int, most: Int?
    ) throws(PatternError) {
        for _ in 0..<least {
            let before = instructions.count
            try emit(node)
            // What matches the empty text only need not be repeated, nor could it be bounded.
            if instructions.count == before { break }
        }
        guard let most else {
            let split = instructions.count
            try append(.split(split + 1, 0))
            try emit(node)
            try append(.jump(split))
            instructions[split] = .split(split + 1, instructions.count)
            return
        }
        var splits: [Int] = []
        for _ in least..<most {
            splits.append(instructions.count)
            try append(.split(instructions.count + 1, 0))
            try emit(node)
        }
        for split in splits { instructions[split] = .split(split + 1, instructions.count) }
    }
}
