@testable import CEL

/// Expressions written anew from what the parser made of them, with a part exchanged.
extension Syntax {
    /// nil where the text is no expression by its grammar.
    init?(_ source: String) {
        guard var parser = try? Parser(Array(source.utf8)), let syntax = try? parser.parse() else {
            return nil
        }
        self = syntax
    }

    /// All parts, each before those within it; the index is its number.
    var parts: [Syntax] { [self] + children.flatMap(\.parts) }

    /// The same on one line, every operand in parentheses that is not plain.
    var text: String {
        var writer = SyntaxWriter()
        return writer.text(of: self)
    }

    /// The same with another text for the part of a number.
    func text(replacing number: Int, by replacement: String) -> String {
        var writer = SyntaxWriter(number: number, replacement: replacement)
        return writer.text(of: self)
    }

    var children: [Syntax] {
        switch kind {
        case .literal, .name, .message: []
        case .select(let operand, _), .optionalSelect(let operand, _), .not(let operand),
            .negate(let operand):
            [operand]
        case .index(let a, let b), .optionalIndex(let a, let b), .binary(_, let a, let b): [a, b]
        case .call(_, let arguments, let target, _): (target.map { [$0] } ?? []) + arguments
        case .and(let operands), .or(let operands): operands
        case .conditional(let a, let b, let c): [a, b, c]
        case .list(let elements): elements.map(\.value)
        case .map(let entries): entries.flatMap { [$0.key, $0.value] }
        }
    }

    /// The same without some of its operands, elements, entries or arguments.
    var shortened: [Syntax] {
        switch kind {
        case .and(let operands) where operands.count > 2:
            operands.shorter.map { with(.and($0)) }
        case .or(let operands) where operands.count > 2: operands.shorter.map { with(.or($0)) }
        case .list(let elements): elements.shorter.map { with(.list($0)) }
        case .map(let entries): entries.shorter.map { with(.map($0)) }
        case .call(let name, let arguments, let target, let isRooted):
            arguments.shorter.map {
                with(.call(name, $0, target: target, isRooted: isRooted))
            }
        case .literal, .name, .message, .select, .optionalSelect, .not, .negate, .index,
            .optionalIndex, .binary, .and, .or, .conditional:
            []
        }
    }

    private func with(_ kind: Kind) -> Syntax {
        Syntax(kind: kind, start: start, end: end, at: at, depth: depth)
    }
}

extension Array {
    /// Either half, or all but one.
    fileprivate var shorter: [[Element]] {
        let halves = count > 5 ? [Array(prefix(count / 2)), Array(dropFirst(count / 2))] : []
        return halves
            + indices.map { index in
                var rest = self
                rest.remove(at: index)
                return rest
            }
    }
}
