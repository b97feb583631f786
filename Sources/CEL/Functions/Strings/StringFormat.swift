import Core

/// `format`: puts the elements of a list where the clauses of a text are.
enum StringFormat {
    typealias Failure = EvaluationError.Reason

    static let functions: [Function] = [
        Function(
            "format", isMethod: true, argumentCount: 2,
            signatures: [Signature(.string, .list(.dyn), gives: .string)],
            body: .binary(format)
        ) { constants in
            guard case .string(let text)?? = constants.first else { return nil }
            do throws(Failure) {
                _ = try FormatClause.parse(text)
                return nil
            } catch {
                return error.description
            }
        }
    ]

    private static func format(
        _ text: Value, _ list: Value, _ fuel: inout Fuel
    ) throws(Failure) -> Value {
        guard let pattern = text.string, let arguments = ListView(list) else {
            throw .noOverload("format", text.kind, list.kind)
        }
        try fuel.spend(pattern.utf8.count >> 2)
        var writer = FormatWriter()
        var next = 0
        for clause in try FormatClause.parse(pattern) {
            if case .text(let literal) = clause {
                try writer.append(literal, &fuel)
                continue
            }
            guard next < arguments.count else {
                throw .invalidArgument("index \(next) out of range")
            }
            try writer.append(arguments[next], as: clause, &fuel)
            next += 1
        }
        return .string(String(decoding: writer.bytes, as: UTF8.self))
    }
}

/// A piece of a format: text, or how one argument is written.
enum FormatClause: Equatable {
    case text([UInt8])
    case string, decimal, binary, octal
    case hexadecimal(isUpper: Bool)
    case fixed(precision: Int)
    case scientific(precision: Int)

    static let precisionDefault = 6

    static func parse(_ format: String) throws(EvaluationError.Reason) -> [FormatClause] {
        var clauses: [FormatClause] = []
        var text: [UInt8] = []
        var rest = Array(format.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                text.append(byte)
                continue
            }
            if rest.first == UInt8(ascii: "%") {
                text.append(rest.removeFirst())
                continue
            }
            if !text.isEmpty { clauses.append(.text(text)) }
            text = []
            clauses.append(try clause(&rest))
        }
        if !text.isEmpty { clauses.append(.text(text)) }
        return clauses
    }

    /// What follows a percent sign.
    private static func clause(
        _ rest: inout ArraySlice<UInt8>
    ) throws(EvaluationError.Reason) -> FormatClause {
        let precision = try precision(&rest)
        guard let verb = rest.popFirst() else {
            throw fault("unexpected end of string")
        }
        switch verb {
        case UInt8(ascii: "s"): return .string
        case UInt8(ascii: "d"): return .decimal
        case UInt8(ascii: "b"): return .binary
        case UInt8(ascii: "o"): return .octal
        case UInt8(ascii: "x"): return .hexadecimal(isUpper: false)
        case UInt8(ascii: "X"): return .hexadecimal(isUpper: true)
        case UInt8(ascii: "f"): return .fixed(precision: precision ?? precisionDefault)
        case UInt8(ascii: "e"): return .scientific(precision: precision ?? precisionDefault)
        default:
            let name = String(decoding: [verb] + rest.prefix { $0 & 0xC0 == 0x80 }, as: UTF8.self)
            throw fault("unrecognized formatting clause \"\(name)\"")
        }
    }

    private static func precision(
        _ rest: inout ArraySlice<UInt8>
    ) throws(EvaluationError.Reason) -> Int? {
        guard rest.first == UInt8(ascii: ".") else { return nil }
        let digits = rest.dropFirst().prefix { $0.isDigit }
        guard let value = Int(String(decoding: digits, as: UTF8.self)),
            value <= Limits.formatPrecisionMax
        else {
            throw fault("the precision is not a number up to \(Limits.formatPrecisionMax)")
        }
        rest = rest[digits.endIndex...]
        return value
    }

    private static func fault(_ message: String) -> EvaluationError.Reason {
        .invalidArgument("could not parse formatting clause: \(message)")
    }
}
