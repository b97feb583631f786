/// A topic filter whose levels have names: `plant/{line}/{device}/telemetry`.
///
/// `{name}` captures one whole level, `{name...}` all that follow (at least one, joined by `/`);
/// plain `+` and `#` are allowed too and capture nothing.
public struct TopicPattern: Hashable, Sendable {
    public let text: String
    /// What to subscribe to. It may match more than the pattern: `a/#` for `a/{rest...}`.
    public let filter: TopicFilter
    /// In the order of the captures that `match` returns; unique.
    public let captureNames: [String]
    private let levels: [Level]

    private enum Level: Hashable, Sendable {
        case literal([UInt8])
        case any
        case capture
        /// `#`: none or more levels.
        case remainder
        /// `{name...}`: one or more levels.
        case captureRest
    }

    /// - Throws: the errors of `TopicFilter.init` and `.malformedPlaceholder`,
    ///   `.duplicatePlaceholder`, `.restNotLast`.
    public init(_ text: String) throws(TopicError) {
        try TopicName.validateText(text)
        var levels: [Level] = []
        var names: [String] = []
        var filter: [String] = []
        let parts = try TopicName.levels(of: text)
        for (index, part) in parts.enumerated() {
            guard let placeholder = try Self.placeholder(part) else {
                filter.append(String(part))
                levels.append(
                    part == "+" ? .any : part == "#" ? .remainder : .literal(.init(part.utf8)))
                continue
            }
            if names.contains(placeholder.name) { throw .duplicatePlaceholder(placeholder.name) }
            if placeholder.isRest, index != parts.count - 1 { throw .restNotLast(placeholder.name) }
            names.append(placeholder.name)
            filter.append(placeholder.isRest ? "#" : "+")
            levels.append(placeholder.isRest ? .captureRest : .capture)
        }
        self.text = text
        self.filter = try TopicFilter(filter.joined(separator: "/"))
        self.levels = levels
        captureNames = names
    }

    private static func placeholder(_ level: Substring) throws(TopicError) -> Placeholder? {
        let bytes = level.utf8
        guard bytes.contains(Placeholder.open) || bytes.contains(Placeholder.close) else {
            return nil
        }
        guard bytes.count > 2, bytes.first == Placeholder.open, bytes.last == Placeholder.close
        else { throw .malformedPlaceholder(String(level)) }
        return try Placeholder(inBraces: Substring(bytes.dropFirst().dropLast()))
    }

    /// The captures of a topic name in the order of `captureNames`, or nil where it does not match.
    ///
    /// An empty level is captured as an empty text. Linear in the topic.
    public func match(_ topic: String) -> [String]? {
        let bytes = topic.utf8.span
        if bytes.isEmpty { return nil }
        if bytes[0] == TopicName.dollar, !beginsWithLiteral { return nil }
        guard isMatch(bytes) else { return nil }
        return captureNames.isEmpty ? [] : captures(of: topic)
    }

    private var beginsWithLiteral: Bool {
        if case .literal = levels[0] { true } else { false }
    }

    private func isMatch(_ topic: Span<UInt8>) -> Bool {
        // Where the next level begins; one past the end once all were read.
        var start = 0
        for level in levels {
            switch level {
            case .remainder: return true
            case .captureRest: return start <= topic.count
            case .any, .capture, .literal:
                if start > topic.count { return false }
                var end = start
                while end < topic.count, topic[end] != TopicName.slash { end += 1 }
                if case .literal(let bytes) = level,
                    !bytes.span.isEqual(to: topic, from: start, upTo: end)
                {
                    return false
                }
                start = end + 1
            }
        }
        return start > topic.count
    }

    private func captures(of topic: String) -> [String] {
        var found: [String] = []
        found.reserveCapacity(captureNames.count)
        var rest = Substring(topic).utf8
        for level in levels {
            let end = rest.firstIndex(of: TopicName.slash) ?? rest.endIndex
            switch level {
            case .capture: found.append(String(Substring(rest[..<end])))
            case .captureRest: found.append(String(Substring(rest)))
            case .any, .literal, .remainder: break
            }
            rest = rest[end...].dropFirst()
        }
        return found
    }
}

extension TopicPattern: CustomStringConvertible {
    public var description: String { text }
}

extension Span<UInt8> {
    /// Whether these bytes are the same as a part of others.
    func isEqual(to other: Span<UInt8>, from start: Int, upTo end: Int) -> Bool {
        if count != end - start { return false }
        for index in 0..<count where self[index] != other[start + index] { return false }
        return true
    }
}
