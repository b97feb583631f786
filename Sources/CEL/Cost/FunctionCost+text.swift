import Core

/// Functions of strings, and `text.overlap`.
extension FunctionCost {
    static func text(_ name: String, _ arguments: Arguments) -> Estimate? {
        let (text, part) = (arguments.first, arguments.second)
        let copying = text.bytes / 4
        switch name {
        case "contains", "startsWith", "endsWith": return Estimate(steps: text.reading)
        case "matches": return matching(text, part)
        case "charAt": return Estimate(steps: copying, size: .text(4, isShare: text.isShare))
        case "substring": return Estimate(steps: copying, size: text.asText())
        case "indexOf", "lastIndexOf": return Estimate(steps: copying + part.reading)
        case "lowerAscii", "upperAscii", "trim", "reverse":
            return Estimate(steps: copying, size: text.asText())
        case "strings.quote": return made(2 * text.bytes + 2, arguments)
        case "base64.encode": return made((text.bytes + 2) / 3 * 4, arguments)
        case "base64.decode": return Estimate(steps: text.reading, size: text.asText())
        case "text.overlap": return Estimate(steps: text.bytes + part.bytes)
        case "replace": return replacing(arguments)
        case "split": return splitting(arguments)
        case "join": return joining(arguments)
        case "format": return formatting(arguments)
        default: return nil
        }
    }

    /// A text of so many bytes; a longer one than there can be is an error before it costs.
    private static func made(_ bytes: Double, _ arguments: Arguments) -> Estimate {
        let bound = arguments.isShare ? .infinity : Double(Limits.valueBytesMax)
        let text = ValueSize.text(min(bytes, bound), isShare: arguments.isShare)
        return Estimate(steps: text.reading, size: text)
    }

    // MARK: Regular expressions

    /// Every code point of the text looks at every instruction twice at most, eight for a step.
    static func matching(
        _ text: ValueSize, isLiteral: Bool, instructions: Double
    ) -> Double {
        isLiteral ? text.reading : text.bytes * (instructions / 4 + 1)
    }

    /// With a pattern that is compiled when it is met: counted with two instructions for a byte,
    /// as patterns without counted repetitions have at most.
    private static func matching(_ text: ValueSize, _ pattern: ValueSize) -> Estimate {
        let instructions = 2 * pattern.bytes + 2
        return Estimate(
            steps: text.reading + pattern.bytes + instructions
                + matching(text, isLiteral: false, instructions: instructions))
    }

    // MARK: Parts

    private static func replacing(_ arguments: Arguments) -> Estimate {
        let (text, part) = (arguments.first, arguments.second)
        let places = self.places(of: arguments)
        var made = made(text.bytes + places * arguments.third.bytes, arguments)
        made.steps += (text.bytes + part.bytes) / 4
        return made
    }

    private static func splitting(_ arguments: Arguments) -> Estimate {
        let (text, separator) = (arguments.first, arguments.second)
        let count = places(of: arguments) + 1
        return Estimate(
            steps: (text.bytes + separator.bytes) / 4 + count,
            size: .list(
                count: count, inner: 0, bytes: text.bytes, element: .text(text.bytes),
                isShare: arguments.isShare))
    }

    /// How often the second text can be in the first; an empty one is before every code point and
    /// at the end.
    private static func places(of arguments: Arguments) -> Double {
        let length = arguments.literalBytes(1) ?? 0
        return length > 0 ? arguments.first.bytes / length : arguments.first.bytes + 1
    }

    private static func joining(_ arguments: Arguments) -> Estimate {
        let (list, glue) = (arguments.first, arguments.second)
        let elements = list.walking
        var made = made(list.bytes + elements * glue.bytes, arguments)
        made.steps += elements
        return made
    }

    // MARK: Formats

    /// The longest text of a number without an exponent: `-0.`, 323 zeros, 17 digits.
    private static let numberBytes = 352.0
    /// Its text, and the marks around and behind an element and its key.
    private static let elementSteps = numberBytes / 16 + 7

    private static func formatting(_ arguments: Arguments) -> Estimate {
        let (text, list) = (arguments.first, arguments.second)
        let written = list.parts * elementSteps + 2 * list.reading
        var found: (steps: Double, bytes: Double)
        if case .string(let format)?? = arguments.constants.first,
            let clauses = try? FormatClause.parse(format)
        {
            found = clauses.reduce(into: (0, 0)) { sum, clause in
                let bytes = self.bytes(of: clause)
                sum.steps += bytes / 16 + elementSteps
                sum.bytes += bytes
            }
        } else {
            // As many clauses as elements, each with all the decimals that there can be.
            let bytes = numberBytes + Double(Limits.formatPrecisionMax)
            found.steps = text.bytes + list.walking * (bytes / 16 + 1)
            found.bytes = text.bytes + list.walking * bytes
        }
        let bytes = found.bytes + 2 * list.bytes + list.parts * (numberBytes + 4)
        var made = made(bytes, arguments)
        made.steps = text.bytes / 4 + found.steps + written
        return made
    }

    /// Without what an element has itself.
    private static func bytes(of clause: FormatClause) -> Double {
        switch clause {
        case .text(let literal): Double(literal.count)
        case .string, .decimal, .binary, .octal, .hexadecimal: numberBytes
        case .fixed(let precision), .scientific(let precision): numberBytes + Double(precision)
        }
    }
}
