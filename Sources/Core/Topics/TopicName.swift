/// The rules that topic names and topic filters share (MQTT 5.0, section 4.7).
public enum TopicName {
    static let slash = UInt8(ascii: "/")
    static let plus = UInt8(ascii: "+")
    static let hash = UInt8(ascii: "#")
    static let dollar = UInt8(ascii: "$")

    /// Checks a topic that a message can be published on: 1...65,535 bytes, no wildcard, no U+0000.
    ///
    /// - Throws: `.empty`, `.tooLong`, `.containsNull`, `.wildcardInName`.
    public static func validate(_ text: String) throws(TopicError) {
        try validateText(text)
        for byte in text.utf8 where byte == plus || byte == hash {
            throw .wildcardInName
        }
    }

    /// What holds for names and filters alike (section 4.7.3). A Swift string is valid UTF-8.
    static func validateText(_ text: String) throws(TopicError) {
        let count = text.utf8.count
        if count == 0 { throw .empty }
        if count > Limits.topicBytesMax { throw .tooLong(bytes: count) }
        for byte in text.utf8 where byte == 0 { throw .containsNull }
    }

    /// The text between slashes, empty levels included. By bytes: to Swift's `Character` view a
    /// slash before a combining accent would be no slash.
    static func levels(of text: String) throws(TopicError) -> [Substring] {
        let levels = split(text)
        if levels.count > Limits.topicLevelsMax { throw .tooManyLevels(levels.count) }
        return levels
    }

    static func split(_ text: String) -> [Substring] {
        text.utf8.split(separator: slash, omittingEmptySubsequences: false).map(Substring.init)
    }
}
