import Core

/// What differs between two rule sets, by the names of what they hold.
///
/// Files are compared as they are written, so that a set which this version no longer accepts can
/// be compared, too: order, comments, spaces and the way of quoting make no difference.
public struct RuleSetChanges: Equatable, Sendable {
    /// Names in the order of their files, the newer's first for what was added or changed.
    public struct Names: Equatable, Sendable {
        public var added: [String] = []
        public var removed: [String] = []
        public var changed: [String] = []

        public var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty }
    }

    public var routes = Names()
    public var rules = Names()
    /// Sections without names: `episodes`, `soul`.
    public var sections: [String] = []

    public var isEmpty: Bool { routes.isEmpty && rules.isEmpty && sections.isEmpty }

    /// - Returns: nil where a file of either is no YAML mapping.
    public init?(from old: [RuleFile], to new: [RuleFile]) {
        guard let before = Contents(old), let after = Contents(new) else { return nil }
        routes = Self.compare(before.routes, after.routes)
        rules = Self.compare(before.rules, after.rules)
        sections = ["episodes", "soul"].filter { before.sections[$0] != after.sections[$0] }
    }

    private static func compare(_ old: Named, _ new: Named) -> Names {
        var names = Names()
        for name in new.order {
            guard let text = old.texts[name] else {
                names.added.append(name)
                continue
            }
            if text != new.texts[name] { names.changed.append(name) }
        }
        names.removed = old.order.filter { new.texts[$0] == nil }
        return names
    }

    /// Entries of a list by what they call themselves.
    private struct Named {
        var order: [String] = []
        var texts: [String: String] = [:]

        mutating func add(_ list: YAMLNode) {
            guard case .sequence(let nodes) = list.content else { return }
            for node in nodes {
                guard case .mapping(let entries) = node.content,
                    let entry = entries.first(where: { $0.key == "name" }),
                    case .scalar(let name, _) = entry.value.content
                else { continue }
                if texts[name] == nil { order.append(name) }
                texts[name, default: ""] += node.shape
            }
        }
    }

    private struct Contents {
        var routes = Named()
        var rules = Named()
        var sections: [String: String] = [:]

        init?(_ files: [RuleFile]) {
            for file in files {
                let log = SourceLog(file: file.name, text: file.text)
                let root = YAMLNode.compose(log)
                guard log.errors.isEmpty else { return nil }
                guard let root else { continue }
                guard case .mapping(let entries) = root.content else { return nil }
                for entry in entries {
                    switch entry.key {
                    case "routes": routes.add(entry.value)
                    case "rules": rules.add(entry.value)
                    case let key: sections[key, default: ""] += entry.value.shape
                    }
                }
            }
        }
    }
}

extension YAMLNode {
    /// What it says, without where and how it was written; different for different nodes.
    fileprivate var shape: String {
        switch content {
        case .scalar(let text, let style):
            // A number in quotes is a text.
            (style == .plain ? "p" : "t") + "\(text.utf8.count):\(text)"
        case .sequence(let nodes): "[" + nodes.map(\.shape).joined() + "]"
        case .mapping(let entries):
            "{"
                + entries.sorted { $0.key < $1.key }
                .map { "\($0.key.utf8.count):\($0.key)\($0.value.shape)" }.joined() + "}"
        }
    }
}
