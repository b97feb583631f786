/// A text with `{name}` in it: the topic of an answer, or the name of an entity.
public struct TopicTemplate: Hashable, Sendable {
    /// What an expansion is used as.
    public enum Use: Hashable, Sendable {
        /// A topic to publish on. A `{name}` stands for (a part of) one level, `{name...}` for one
        /// or more: its value may hold `/`.
        case topic
        /// Any text, such as `entity: "{line}-{device}"`.
        case text
    }

    public let text: String
    public let use: Use
    /// The names to be looked up, each once, in order of first use.
    public let names: [String]
    private let parts: [Part]

    private enum Part: Hashable, Sendable {
        case text(String)
        case value(Placeholder)
    }

    /// - Throws: `.empty`, `.tooLong`, `.malformedPlaceholder`; for a topic also `.containsNull`,
    ///   `.wildcardInName` and `.tooManyLevels`.
    public init(_ text: String, as use: Use = .topic) throws(TopicError) {
        switch use {
        case .topic:
            try TopicName.validate(text)
            _ = try TopicName.levels(of: text)
        case .text:
            if text.isEmpty { throw .empty }
            if text.utf8.count > Limits.topicBytesMax { throw .tooLong(bytes: text.utf8.count) }
        }
        self.text = text
        self.use = use
        parts = try Self.parse(text)
        var names: [String] = []
        for case .value(let placeholder) in parts where !names.contains(placeholder.name) {
            names.append(placeholder.name)
        }
        self.names = names
    }

    private static func parse(_ text: String) throws(TopicError) -> [Part] {
        var parts: [Part] = []
        var rest = text[...].utf8
        while let brace = rest.firstIndex(where: Self.isBrace) {
            let literal = rest[..<brace]
            let inside = rest[brace...].dropFirst()
            guard rest[brace] == Placeholder.open,
                let end = inside.firstIndex(where: Self.isBrace), inside[end] == Placeholder.close
            else { throw .malformedPlaceholder(String(Substring(rest[brace...]).prefix(100))) }
            if !literal.isEmpty { parts.append(.text(String(Substring(literal)))) }
            parts.append(.value(try Placeholder(inBraces: Substring(inside[..<end]))))
            rest = inside[end...].dropFirst()
        }
        if !rest.isEmpty { parts.append(.text(String(Substring(rest)))) }
        return parts
    }

    private static func isBrace(_ byte: UInt8) -> Bool {
        byte == Placeholder.open || byte == Placeholder.close
    }

    /// The text with each placeholder's value in its place; for a topic, a valid topic name.
    ///
    /// - Throws: `.noValue` when the look-up gives nil. For a topic also `.unusableValue`, `.empty`
    ///   and `.tooLong`: what was looked up came from outside, reject the message.
    public func expand(_ lookup: (String) -> String?) throws(TopicError) -> String {
        var result = ""
        for part in parts {
            switch part {
            case .text(let text): result += text
            case .value(let placeholder):
                guard let value = lookup(placeholder.name) else {
                    throw .noValue(name: placeholder.name)
                }
                if use == .topic, !isUsable(value, for: placeholder, after: result) {
                    throw .unusableValue(name: placeholder.name)
                }
                result += value
            }
        }
        guard use == .topic else { return result }
        if result.isEmpty { throw .empty }
        let count = result.utf8.count
        if count > Limits.topicBytesMax { throw .tooLong(bytes: count) }
        return result
    }

    private func isUsable(_ value: String, for placeholder: Placeholder, after: String) -> Bool {
        if after.isEmpty, value.utf8.first == TopicName.dollar { return false }
        return value.utf8.allSatisfy { byte in
            switch byte {
            case 0, TopicName.plus, TopicName.hash: false
            case TopicName.slash: placeholder.isRest
            default: true
            }
        }
    }
}

extension TopicTemplate: CustomStringConvertible {
    public var description: String { text }
}
