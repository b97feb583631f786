/// A set of code points.
struct CharacterSet: Sendable {
    enum Item: Sendable {
        case range(ClosedRange<UInt32>)
        case category(UnicodeCategory, isNegated: Bool)
        /// `[^…]` or `\W` within a class.
        case not([Item])
    }

    var items: [Item]
    var isNegated = false
    var ignoresCase = false

    static let any = CharacterSet(items: [.range(0...0x10FFFF)])
    static let anyButNewline = CharacterSet(items: [.range(0x0A...0x0A)], isNegated: true)
    static let digits: [Item] = [.range(0x30...0x39)]
    static let words: [Item] = [
        .range(0x30...0x39), .range(0x41...0x5A), .range(0x5F...0x5F), .range(0x61...0x7A),
    ]
    /// RE2's `\s`: no vertical tab.
    static let spaces: [Item] = [.range(0x09...0x0A), .range(0x0C...0x0D), .range(0x20...0x20)]

    init(items: [Item], isNegated: Bool = false, ignoresCase: Bool = false) {
        self.items = items
        self.isNegated = isNegated
        self.ignoresCase = ignoresCase
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        var isMember = Self.contains(scalar, items)
        if !isMember, ignoresCase {
            isMember = scalar.otherCases.contains { Self.contains($0, items) }
        }
        return isMember != isNegated
    }

    private static func contains(_ scalar: Unicode.Scalar, _ items: [Item]) -> Bool {
        for item in items {
            switch item {
            case .range(let range): if range.contains(scalar.value) { return true }
            case .category(let category, let isNegated):
                if category.contains(scalar) != isNegated { return true }
            case .not(let items): if !contains(scalar, items) { return true }
            }
        }
        return false
    }
}

extension Unicode.Scalar {
    /// The code points that differ from this one in case only.
    var otherCases: [Unicode.Scalar] {
        var others: [Unicode.Scalar] = []
        let lower = properties.lowercaseMapping.unicodeScalars
        let upper = properties.uppercaseMapping.unicodeScalars
        if lower.count == 1, let first = lower.first {
            others.append(first)
            let again = first.properties.uppercaseMapping.unicodeScalars
            if again.count == 1, let first = again.first { others.append(first) }
        }
        if upper.count == 1, let first = upper.first {
            others.append(first)
            let again = first.properties.lowercaseMapping.unicodeScalars
            if again.count == 1, let first = again.first { others.append(first) }
        }
        return others
    }

    /// `\w`, which `\b` looks at.
    var isWord: Bool {
        value < 0x80 && (UInt8(value).isIdentifierStart || UInt8(value).isDigit)
    }
}
