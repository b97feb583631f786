/// Why a text is no duration or size. Always an error of whoever wrote it: say so to them.
public enum QuantityError: Error, Equatable, Sendable {
    /// Not of the form: whole numbers, each followed by its unit.
    case malformed(String)
    /// A unit that does not exist here.
    case unknownUnit(String, known: [String])
    /// Units that repeat or rise: `30s5m`.
    case unordered(String)
    /// More than can be held.
    case outOfRange(String)
}

extension QuantityError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let text): "`\(text)` is no quantity: write a whole number and its unit"
        case .unknownUnit(let unit, let known):
            "`\(unit)` is no unit here: the units are \(known.joined(separator: ", "))"
        case .unordered(let text): "in `\(text)` the units must fall, each once: 1h30m"
        case .outOfRange(let text): "`\(text)` is too large"
        }
    }
}
