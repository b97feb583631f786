import Core

/// What is looked for in the full-text index, in FTS5's language.
///
/// Everything that was asked for stands in quotes, in which nothing but a quote has a meaning to
/// FTS5: no text is an error or an operator.
struct RecallExpression: Equatable {
    /// A word or phrase, the last word of which may be a beginning only.
    struct Term: Equatable {
        var text: String
        var isPrefix = false

        /// Whether the index could hold it: FTS5's unicode61 makes words of these categories.
        fileprivate var isWord: Bool {
            text.unicodeScalars.contains { scalar in
                switch scalar.properties.generalCategory {
                case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                    .otherLetter, .decimalNumber, .letterNumber, .otherNumber, .privateUse:
                    true
                case _: false
                }
            }
        }

        /// No quote is left in the text: all of them were ends of terms.
        fileprivate var quoted: String { "\"\(text)\"" + (isPrefix ? " *" : "") }
    }

    var terms: [Term]
    /// Words of the column `facets`.
    var facets: [String]
    /// Something was asked for, and no memory can have it.
    var isImpossible: Bool

    init(_ query: MemoryQuery) {
        terms = Array(
            Self.terms(of: query.text).filter(\.isWord).prefix(Limits.recallWordsMax))
        isImpossible = terms.isEmpty && !query.text.allSatisfy(\.isWhitespace)
        facets = Facets(layer: query.layer, entity: query.entity, tags: query.tags).words
    }

    /// nil where the index has nothing to say.
    var text: String? {
        var parts: [String] = []
        // Facets first: what ranks skips so many phrases.
        if !facets.isEmpty {
            parts.append("(facets : (\(facets.map { "\"\($0)\"" }.joined(separator: " "))))")
        }
        if !terms.isEmpty {
            parts.append("({content tags} : (\(terms.map(\.quoted).joined(separator: " "))))")
        }
        return parts.isEmpty ? nil : parts.joined(separator: " AND ")
    }

    /// Splits at white space; a quote opens a phrase, and the end closes what is open.
    private static func terms(of text: String) -> [Term] {
        var terms: [Term] = []
        var word = ""
        var isQuoted = false
        func end(isPrefix: Bool = false) {
            if !word.isEmpty { terms.append(Term(text: word, isPrefix: isPrefix)) }
            word = ""
        }
        var rest = Substring(beginning(of: text))
        while let scalar = rest.unicodeScalars.popFirst() {
            if scalar == "\"" {
                let isPrefix = isQuoted && rest.unicodeScalars.first == "*"
                end(isPrefix: isPrefix)
                if isPrefix { rest.unicodeScalars.removeFirst() }
                isQuoted.toggle()
            } else if scalar.properties.isWhitespace || scalar.value < 0x20 {
                // NUL would end the expression for FTS5.
                if isQuoted { word += " " } else { end() }
            } else if scalar == "*", !isQuoted, !word.isEmpty, endsWord(rest) {
                end(isPrefix: true)
            } else {
                word.unicodeScalars.append(scalar)
            }
        }
        end()
        return terms
    }

    private static func endsWord(_ rest: Substring) -> Bool {
        rest.unicodeScalars.first.map { $0.properties.isWhitespace || $0 == "\"" } ?? true
    }

    private static func beginning(of text: String) -> String {
        guard text.utf8.count > Limits.recallTextBytesMax else { return text }
        // A character that is cut becomes one that is no word.
        return String(decoding: text.utf8.prefix(Limits.recallTextBytesMax), as: UTF8.self)
    }
}
