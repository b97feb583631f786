import Core
import Store

/// One memory, as a line for a person.
///
/// ```
///     12 03-01 12:00:00 press-7    episodic  overheat at 81 [heat]
/// ```
enum MemoryLine {
    private static let idColumns = 6
    private static let entityColumns = 10
    private static let layerColumns = 9

    /// - Parameter columns: The width of the terminal; nil writes everything out.
    static func text(_ stored: StoredMemory, columns: Int? = nil) -> String {
        let memory = stored.memory
        let namesMax = columns.map { max(entityColumns, $0 / 5) } ?? .max
        let tags = memory.tags.isEmpty ? "" : " [\(memory.tags.joined(separator: ", "))]"
        let id = String(stored.id)
        let line = [
            String(repeating: " ", count: max(0, idColumns - id.count)) + id,
            time(memory.at),
            memory.entity.printable.fitted(to: namesMax).padded(to: entityColumns),
            memory.layer.rawValue.padded(to: layerColumns),
            (memory.content + tags).printable,
        ].joined(separator: " ")
        return line.fitted(to: columns ?? .max)
    }

    /// Everything about one, a line for each thing.
    static func details(_ stored: StoredMemory, links: [String] = []) -> [String] {
        let memory = stored.memory
        var lines = [
            ("id", String(stored.id)), ("at", memory.at.rfc3339()),
            ("layer", memory.layer.rawValue), ("entity", memory.entity),
            ("content", memory.content),
        ]
        if !memory.tags.isEmpty { lines.append(("tags", memory.tags.joined(separator: ", "))) }
        if !memory.rule.isEmpty { lines.append(("rule", memory.rule)) }
        if !memory.decisionID.isEmpty { lines.append(("decision", memory.decisionID)) }
        if !memory.author.isEmpty { lines.append(("told by", memory.author)) }
        lines.append(("event", String(memory.eventSequence)))
        lines.append(("importance", String(memory.importance)))
        lines.append(("pinned", stored.isPinned ? "yes" : "no"))
        for entity in links { lines.append(("linked to", entity)) }
        return lines.map { $0.0.padded(to: 11) + $0.1.printable }
    }

    /// `03-01 12:00:00`
    private static func time(_ at: Timestamp) -> String {
        let text = at.rfc3339()
        return text.dropFirst(5).prefix(5) + " " + text.dropFirst(11).prefix(8)
    }
}
