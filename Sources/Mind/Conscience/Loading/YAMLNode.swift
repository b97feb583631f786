/// A node of a YAML document, without what our files may not use: anchors, aliases and tags.
struct YAMLNode: Equatable, Sendable {
    enum Content: Equatable, Sendable {
        case scalar(String, ScalarStyle)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    enum ScalarStyle: Equatable, Sendable {
        case plain, singleQuoted, doubleQuoted, literal, folded
    }

    struct Entry: Equatable, Sendable {
        var key: String
        var keyPosition: FilePosition
        var value: YAMLNode
    }

    var content: Content
    /// Where it begins: at the opening quote of a quoted scalar, at the `|` of a literal one.
    var position: FilePosition

    /// Whether nothing was written: `key:`, `~` or `null`.
    var isNull: Bool {
        guard case .scalar(let text, .plain) = content else { return false }
        return text.isEmpty || text == "~" || text == "null"
    }

    /// What it is, for messages.
    var kind: String {
        switch content {
        case .scalar(_, .plain): isNull ? "empty" : "a value"
        case .scalar: "text"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
