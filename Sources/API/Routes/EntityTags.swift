/// The entity tags of a precondition: `*`, or a list (RFC 9110, section 8.8.3).
enum EntityTags: Equatable {
    case any
    case some([Tag])

    struct Tag: Equatable {
        /// Between the quotes.
        var text: String
        var isWeak = false
    }

    /// - Returns: nil where it is no such list.
    init?(_ text: String) {
        var rest = Substring(text).trimmed
        if rest == "*" {
            self = .any
            return
        }
        var tags: [Tag] = []
        while !rest.isEmpty {
            let isWeak = rest.hasPrefix("W/")
            if isWeak { rest = rest.dropFirst(2) }
            guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else {
                return nil
            }
            tags.append(Tag(text: String(rest[..<end].dropFirst()), isWeak: isWeak))
            rest = rest[rest.index(after: end)...].trimmed
            guard let comma = rest.first else { break }
            guard comma == "," else { return nil }
            rest = rest.dropFirst().trimmed
        }
        guard !tags.isEmpty else { return nil }
        self = .some(tags)
    }

    /// Whether one of them is this, and not only alike: for `If-Match`.
    func matchesStrongly(_ tag: String) -> Bool {
        switch self {
        case .any: true
        case .some(let tags): tags.contains { !$0.isWeak && $0.text == tag }
        }
    }

    /// Whether one of them is this, or alike: for `If-None-Match`.
    func matchesWeakly(_ tag: String) -> Bool {
        switch self {
        case .any: true
        case .some(let tags): tags.contains { $0.text == tag }
        }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first == " " || text.first == "\t" { text = text.dropFirst() }
        while text.last == " " || text.last == "\t" { text = text.dropLast() }
        return text
    }
}
