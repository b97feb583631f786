/// Why a text is not an expression in its environment: every finding, in the order of the text.
///
/// Thrown when rules are loaded; the caller shows the issues and keeps what it had before.
public struct ParseError: Error, Equatable, Sendable {
    /// What is wrong, and with it what the author has to do.
    public enum Kind: Equatable, Sendable {
        /// The text does not follow the grammar: correct it.
        case syntax
        /// The text exceeds a bound of `Limits`: split the expression.
        case tooLarge
        /// A name that the environment does not declare: correct or declare it.
        case unknownName
        /// A field that a variable of known fields does not have: correct it.
        case unknownField
        /// A function that the environment does not have: correct its name.
        case unknownFunction
        /// A function or macro with too few or too many arguments, or of the wrong form.
        case badArguments
        /// A value of a type that the operator or function at hand does not take: convert it.
        case typeMismatch
        /// An expression that may take too long: loop less, or over less.
        case tooCostly
        /// A constant that its function would always refuse, as a broken regular expression.
        case badConstant
        /// Correct CEL that this agent does not offer: rewrite it.
        case unsupported
    }

    /// One finding.
    public struct Issue: Equatable, Sendable {
        public let kind: Kind
        public let position: SourcePosition
        public let message: String
        /// What to write instead, where there is a good guess.
        public let hint: String?
        /// The line of the source that it is in; empty where it is not known.
        public let line: String

        public init(
            kind: Kind, position: SourcePosition, message: String, hint: String? = nil,
            line: String = ""
        ) {
            self.kind = kind
            self.position = position
            self.message = message
            self.hint = hint
            self.line = line
        }
    }

    /// Never empty.
    public let issues: [Issue]

    init(_ first: Issue, _ others: [Issue] = []) { issues = [first] + others }

    /// The first finding.
    public var first: Issue { issues[0] }
}

extension ParseError.Issue: CustomStringConvertible {
    public var description: String {
        guard let hint else { return "\(position): \(message)" }
        return "\(position): \(message) (\(hint))"
    }
}

extension ParseError: CustomStringConvertible {
    public var description: String { issues.map(\.description).joined(separator: "\n") }
}

/// A finding that knows its byte only; the expression turns it into a `ParseError`.
struct SyntaxFault: Error {
    var kind: ParseError.Kind = .syntax
    var offset: Int
    var message: String
    var hint: String?

    func issue(in bytes: [UInt8]) -> ParseError.Issue {
        ParseError.Issue(
            kind: kind, position: SourcePosition(offset: offset, in: bytes), message: message,
            hint: hint, line: Self.line(at: offset, in: bytes))
    }

    private static func line(at offset: Int, in bytes: [UInt8]) -> String {
        let newline = UInt8(ascii: "\n")
        let place = min(offset, bytes.count)
        let start = bytes[..<place].lastIndex(of: newline).map { $0 + 1 } ?? 0
        let end = bytes[place...].firstIndex(of: newline) ?? bytes.count
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}
