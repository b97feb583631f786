/// Why a text is no topic, filter, pattern or template. Always an error of whoever wrote the text:
/// show `description` to them; nothing changed.
public enum TopicError: Error, Equatable, Sendable {
    /// MQTT allows no empty topic or filter. Write at least one character.
    case empty
    /// More than `Limits.topicBytesMax` bytes. Shorten it.
    case tooLong(bytes: Int)
    /// More than `Limits.topicLevelsMax` levels in a filter, pattern or template. Shorten it.
    case tooManyLevels(Int)
    /// U+0000 is in it. Remove it.
    case containsNull
    /// `+` or `#` beside other characters in its level, or `#` before the last level.
    case misplacedWildcard(level: String)
    /// `+` or `#` where a topic to publish on is needed. Name the topic itself.
    case wildcardInName
    /// A brace without its partner, a bad name, or (in a pattern) text beside it in its level.
    case malformedPlaceholder(String)
    /// One name twice in a pattern. Rename one of them.
    case duplicatePlaceholder(String)
    /// `{name...}` before the last level. Move it to the end.
    case restNotLast(String)
    /// An expansion asked for a name that has no value.
    case noValue(name: String)
    /// The value of a name cannot stand in a topic: it holds `/`, `+`, `#` or U+0000, or would
    /// begin the topic with `$`. Reject the message that brought it.
    case unusableValue(name: String)
}

extension TopicError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .empty: "a topic has at least one character"
        case .tooLong(let bytes):
            "\(bytes) bytes are too many: a topic has at most \(Limits.topicBytesMax)"
        case .tooManyLevels(let levels):
            "\(levels) levels are too many: at most \(Limits.topicLevelsMax) are allowed"
        case .containsNull: "U+0000 is not allowed in a topic"
        case .misplacedWildcard(let level):
            "in `\(level)` a wildcard is misplaced: `+` and `#` fill a whole level, `#` the last"
        case .wildcardInName: "a topic to publish on cannot contain `+` or `#`"
        case .malformedPlaceholder(let text):
            "`\(text)` is no placeholder: write {name} (letters, digits and _, one level)"
        case .duplicatePlaceholder(let name): "{\(name)} stands there twice: rename one of them"
        case .restNotLast(let name): "{\(name)...} can only be the last level"
        case .noValue(let name): "{\(name)} has no value here"
        case .unusableValue(let name):
            "the value of {\(name)} cannot stand in a topic: it holds /, +, # or U+0000, "
                + "or would begin the topic with $"
        }
    }
}
