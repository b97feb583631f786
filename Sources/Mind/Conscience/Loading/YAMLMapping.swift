/// A mapping of a file being read.
public struct YAMLMapping {
    private let owner: YAMLValue
    private let entries: [YAMLNode.Entry]

    init(owner: YAMLValue, entries: [YAMLNode.Entry]) {
        self.owner = owner
        self.entries = entries
    }

    /// Where it begins: the first key of a block mapping.
    public var position: FilePosition { owner.position }
    public var log: SourceLog { owner.log }

    /// The value of a key; nil where the key is absent.
    public subscript(key: String) -> YAMLValue? {
        guard let entry = entries.first(where: { $0.key == key }) else { return nil }
        return YAMLValue(name: "'\(key)'", node: entry.value, log: log)
    }

    /// The value of a key that must be there; records its absence.
    public func required(_ key: String, hint: String? = nil) -> YAMLValue? {
        if let value = self[key] { return value }
        log.report("missing key '\(key)'", hint: hint, at: position)
        return nil
    }

    public func contains(_ key: String) -> Bool { entries.contains { $0.key == key } }

    /// Every key with its value, as written.
    var pairs: [(key: YAMLValue, value: YAMLValue)] {
        entries.map { entry in
            let key = YAMLNode(content: .scalar(entry.key, .plain), position: entry.keyPosition)
            return (
                YAMLValue(name: "'\(entry.key)'", node: key, log: log),
                YAMLValue(name: "'\(entry.key)'", node: entry.value, log: log)
            )
        }
    }

    /// Refuses a key that has no meaning here, at the key.
    public func refuse(_ key: String, _ message: String, hint: String? = nil) {
        guard let entry = entries.first(where: { $0.key == key }) else { return }
        log.report(message, hint: hint, at: entry.keyPosition)
    }
}
