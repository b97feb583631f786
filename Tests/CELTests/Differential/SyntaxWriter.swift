@testable import CEL

/// Writes syntax as text.
struct SyntaxWriter {
    /// The part that is written otherwise, by its place in `Syntax.parts`.
    var number = -1
    var replacement = ""
    private var next = 0

    init(number: Int = -1, replacement: String = "") {
        self.number = number
        self.replacement = replacement
    }

    mutating func text(of syntax: Syntax) -> String {
        if next == number {
            next += syntax.parts.count
            return "(\(replacement))"
        }
        next += 1
        switch syntax.kind {
        case .literal(let value): return literal(value)
        case .name(let name, let isRooted): return (isRooted ? "." : "") + name
        case .message(let name): return "\(name){}"
        case .select(let operand, let field): return self.operand(operand) + ".\(name(field))"
        case .optionalSelect(let operand, let field):
            return self.operand(operand) + ".?\(name(field))"
        case .index(let a, let b): return "\(operand(a))[\(text(of: b))]"
        case .optionalIndex(let a, let b): return "\(operand(a))[?\(text(of: b))]"
        case .call(let name, let arguments, let target, let isRooted):
            let before = target.map { operand($0) + "." } ?? (isRooted ? "." : "")
            return "\(before)\(name)(\(texts(of: arguments).joined(separator: ", ")))"
        case .not(let operand): return "!\(self.operand(operand))"
        case .negate(let operand): return "-(\(text(of: operand)))"
        case .and(let operands): return row(operands, " && ")
        case .or(let operands): return row(operands, " || ")
        case .binary(let operation, let a, let b):
            return "\(operand(a)) \(operation.rawValue) \(operand(b))"
        case .conditional(let a, let b, let c):
            return "\(operand(a)) ? \(operand(b)) : \(operand(c))"
        case .list(let elements):
            let texts = elements.map { ($0.isOptional ? "?" : "") + text(of: $0.value) }
            return "[\(texts.joined(separator: ", "))]"
        case .map(let entries):
            let texts = entries.map { entry in
                let key = text(of: entry.key)
                return "\(entry.isOptional ? "?" : "")\(key): \(text(of: entry.value))"
            }
            return "{\(texts.joined(separator: ", "))}"
        }
    }

    private mutating func texts(of parts: [Syntax]) -> [String] { parts.map { text(of: $0) } }

    private mutating func row(_ operands: [Syntax], _ glue: String) -> String {
        operands.map { operand($0) }.joined(separator: glue)
    }

    private mutating func operand(_ syntax: Syntax) -> String {
        let isReplaced = next == number
        let text = text(of: syntax)
        switch syntax.kind {
        case .name, .select, .optionalSelect, .index, .optionalIndex, .call, .list, .map, .message:
            return text
        case .literal where text.utf8.first != UInt8(ascii: "-"): return text
        case .literal, .not, .negate, .and, .or, .binary, .conditional:
            return isReplaced ? text : "(\(text))"
        }
    }

    private func name(_ field: String) -> String {
        let isPlain = field.utf8.allSatisfy { $0.isIdentifierStart || $0.isDigit }
        return isPlain && field.utf8.first?.isDigit != true ? field : "`\(field)`"
    }

    private func literal(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .uint(let value): "\(value)u"
        case .double(let value): "\(value)"
        case .string(let text): Samples.escaped(text)
        case .bytes(let bytes):
            "b'"
                + bytes.map { byte in
                    let digits = String(byte, radix: 16)
                    return "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
                }.joined() + "'"
        // The parser makes no other literals.
        case .number, .list, .array, .map, .object, .timestamp, .duration, .type, .optional,
            .network:
            "null"
        }
    }
}
