/// A checked MQTT topic filter (MQTT 5.0, section 4.7): `plant/+/telemetry`, `plant/#`.
///
/// A shared subscription (`$share/group/...`) is not taken apart: it matches nothing here.
public struct TopicFilter: Hashable, Sendable {
    public let text: String

    /// - Parameter text: 1...`Limits.topicBytesMax` bytes, at most `Limits.topicLevelsMax` levels.
    /// - Throws: `.empty`, `.tooLong`, `.tooManyLevels`, `.containsNull`, `.misplacedWildcard`.
    public init(_ text: String) throws(TopicError) {
        try TopicName.validateText(text)
        let levels = try TopicName.levels(of: text)
        for (index, level) in levels.enumerated() where level != "+" {
            if level == "#", index == levels.count - 1 { continue }
            for byte in level.utf8 where byte == TopicName.plus || byte == TopicName.hash {
                throw .misplacedWildcard(level: String(level))
            }
        }
        self.text = text
    }

    /// By bytes, as brokers compare: `é` composed and decomposed are two topics.
    public static func == (a: TopicFilter, b: TopicFilter) -> Bool {
        a.text == b.text && a.text.utf8.elementsEqual(b.text.utf8)
    }

    /// Whether a message on this topic name belongs to the filter. Linear in both, no allocation.
    ///
    /// A leading wildcard does not match a topic that begins with `$` (section 4.7.2).
    public func matches(_ topic: String) -> Bool {
        Self.matches(filter: text.utf8.span, topic: topic.utf8.span)
    }

    private static func matches(filter: Span<UInt8>, topic: Span<UInt8>) -> Bool {
        if topic.isEmpty { return false }
        if topic[0] == TopicName.dollar, filter[0] == TopicName.plus || filter[0] == TopicName.hash
        {
            return false
        }
        var i = 0
        var j = 0
        while true {
            if i < filter.count, filter[i] == TopicName.hash { return true }
            if i < filter.count, filter[i] == TopicName.plus {
                i += 1
                while j < topic.count, topic[j] != TopicName.slash { j += 1 }
            } else {
                while i < filter.count, filter[i] != TopicName.slash {
                    if j == topic.count || topic[j] != filter[i] { return false }
                    i += 1
                    j += 1
                }
                if j < topic.count, topic[j] != TopicName.slash { return false }
            }
            if i == filter.count { return j == topic.count }
            if j == topic.count {
                // `sport/#` includes its parent `sport`.
                return i + 2 == filter.count && filter[i + 1] == TopicName.hash
            }
            i += 1
            j += 1
        }
    }
}

extension TopicFilter: CustomStringConvertible {
    public var description: String { text }
}
