/// `text.overlap(s, words)`: the share of the words of the second text found in the first.
///
/// Whole words, case-folded, each counted once; 0.0 when the second text has none. An extension of
/// Jamey's (rules.md), by which the built-in rules read textual actions.
enum TextOverlap {
    static let function = Function.binary(
        "text.overlap", [Signature(.string, .string, gives: .double)], value)

    private static func value(
        _ a: Value, _ b: Value, _ fuel: inout Fuel
    ) throws(EvaluationError.Reason) -> Value {
        guard case .string(let text) = a, case .string(let list) = b else {
            throw .noOverload("text.overlap", a.kind, b.kind)
        }
        try fuel.spend(text.utf8.count + list.utf8.count)
        let wanted = words(of: list)
        guard !wanted.isEmpty else { return .double(0) }
        let found = wanted.intersection(words(of: text))
        return .double(Double(found.count) / Double(wanted.count))
    }

    /// Runs of letters, their marks and digits.
    private static func words(of text: String) -> Set<String> {
        var words: Set<String> = []
        var word = String.UnicodeScalarView()
        for scalar in text.lowercased().unicodeScalars {
            if isPart(scalar) {
                word.append(scalar)
            } else if !word.isEmpty {
                words.insert(String(word))
                word.removeAll()
            }
        }
        if !word.isEmpty { words.insert(String(word)) }
        return words
    }

    private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || scalar.properties.generalCategory == .nonspacingMark
    }
}
