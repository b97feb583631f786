import Core
import Yams

extension YAMLNode {
    /// Reads one YAML document into nodes, within `Limits.yamlDepthMax` and `Limits.yamlNodesMax`.
    ///
    /// - Returns: nil for an empty document, and where an error was recorded in the log.
    static func compose(_ log: SourceLog) -> YAMLNode? {
        guard !hasAliasBomb(log) else { return nil }
        do {
            let parser = try Parser(
                yaml: log.text, resolver: .basic, constructor: .default, encoding: .utf8)
            // The parser owns the anchors; the nodes refer to them weakly.
            return try withExtendedLifetime(parser) {
                guard let root = try parser.singleRoot() else { return nil }
                var composer = Composer(log: log)
                let node = composer.node(root, depth: 0)
                return node?.isNull == true ? nil : node
            }
        } catch let error as YamlError {
            record(error, in: log)
        } catch {
            log.report("cannot be read as YAML: \(error)", at: .start)
        }
        return nil
    }

    /// Whether the text may hold enough aliases to grow without bound while Yams compares keys.
    ///
    /// Anchors are refused below, with their place; but Yams hashes a mapping's keys while it
    /// parses, through aliases. Up to 16 aliases cannot grow far; more are refused unparsed.
    private static func hasAliasBomb(_ log: SourceLog) -> Bool {
        var aliases = 0
        var anchor: Int?
        var previous: UInt8 = 0x0A
        var sigil: UInt8?
        for (offset, byte) in log.text.utf8.enumerated() {
            if let found = sigil, isAnchorName(byte) {
                if found == UInt8(ascii: "*") {
                    aliases += 1
                } else if anchor == nil {
                    anchor = offset - 1
                }
            }
            let isSigil = byte == UInt8(ascii: "&") || byte == UInt8(ascii: "*")
            sigil = isSigil && mayPrecedeNode(previous) ? byte : nil
            previous = byte
        }
        guard let anchor, aliases > 16 else { return false }
        log.report(anchorsRefused, hint: anchorHint, at: log.position(ofByte: anchor))
        return true
    }

    private static func isAnchorName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        case _: false
        }
    }

    /// White space, flow punctuation, and the last bytes of a BOM and of Unicode's line ends.
    private static func mayPrecedeNode(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09, 0x0A, 0x0D, 0x20, 0x85, 0xA8, 0xA9, 0xBF: true
        case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","), UInt8(ascii: ":"): true
        case _: false
        }
    }

    fileprivate static let anchorsRefused = "anchors and aliases are not used in these files"
    fileprivate static let anchorHint = "write the value out where it is needed"
}

extension YAMLNode {
    /// Says in one error what Yams threw; nothing after it can be read.
    private static func record(_ error: YamlError, in log: SourceLog) {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let isTab = problem.contains("cannot start any token") && startsWithTab(mark, log)
            let isSecond = problem.contains("another document")
            let hint =
                isTab
                ? "indent with spaces, not tabs"
                : isSecond ? "write one document in each file" : nil
            let setting = context.map { " \($0.text)" } ?? ""
            log.report("YAML:\(setting): \(problem)", hint: hint, at: mark.position)
        case .reader(let problem, let offset, _, let yaml):
            let head = yaml.prefix(offset ?? 0)
            log.report("YAML: \(problem)", at: log.position(ofByte: head.utf8.count))
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "'\($0)'" }.joined(separator: ", ")
            log.report("more than one key \(names) in this mapping", at: context.mark.position)
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            log.report("cannot be read as YAML: \(error)", at: .start)
        }
    }

    private static func startsWithTab(_ mark: Mark, _ log: SourceLog) -> Bool {
        log.line(mark.line)?.dropFirst(mark.column - 1).first == "\t"
    }
}

extension Mark {
    fileprivate var position: FilePosition { FilePosition(line: line, column: column) }
}

/// Turns Yams' nodes into ours and refuses what our files may not hold.
private struct Composer {
    let log: SourceLog
    var count = 0

    mutating func node(_ node: Node, depth: Int, isKey: Bool = false) -> YAMLNode? {
        let position = node.mark?.position ?? .start
        count += 1
        guard count <= Limits.yamlNodesMax else {
            if count == Limits.yamlNodesMax + 1 {
                log.report("more than \(Limits.yamlNodesMax) values in one file", at: position)
            }
            return nil
        }
        guard depth <= Limits.yamlDepthMax else {
            log.report("nested deeper than \(Limits.yamlDepthMax) levels", at: position)
            return nil
        }
        guard node.anchor == nil else {
            log.report(YAMLNode.anchorsRefused, hint: YAMLNode.anchorHint, at: position)
            return nil
        }
        switch node {
        case .scalar(let scalar):
            return self.scalar(scalar, isKey: isKey, at: position)
        case .sequence(let sequence):
            guard hasNoTag(sequence.tag, at: position) else { return nil }
            let items = sequence.compactMap { self.node($0, depth: depth + 1) }
            return YAMLNode(content: .sequence(items), position: position)
        case .mapping(let mapping):
            guard hasNoTag(mapping.tag, at: position) else { return nil }
            let entries = mapping.compactMap { entry($0.key, $0.value, depth: depth + 1) }
            return YAMLNode(content: .mapping(entries), position: position)
        case .alias:
            log.report(YAMLNode.anchorsRefused, hint: YAMLNode.anchorHint, at: position)
            return nil
        }
    }

    private mutating func entry(_ key: Node, _ value: Node, depth: Int) -> YAMLNode.Entry? {
        let position = key.mark?.position ?? .start
        guard key.scalar != nil else {
            log.report("a key must be a name", at: position)
            return nil
        }
        guard case .scalar(let text, _)? = node(key, depth: depth, isKey: true)?.content else {
            return nil
        }
        guard let value = node(value, depth: depth) else { return nil }
        return YAMLNode.Entry(key: text, keyPosition: position, value: value)
    }

    private func scalar(
        _ scalar: Node.Scalar, isKey: Bool, at position: FilePosition
    ) -> YAMLNode? {
        let style: YAMLNode.ScalarStyle =
            switch scalar.style {
            case .any, .plain: .plain
            case .singleQuoted: .singleQuoted
            case .doubleQuoted: .doubleQuoted
            case .literal: .literal
            case .folded: .folded
            }
        // Comparing keys, Yams has given the plain ones the tag of text.
        let isText = (isKey || style != .plain) && scalar.tag.rawValue == Tag.Name.str.rawValue
        guard isText || hasNoTag(scalar.tag, at: position) else { return nil }
        return YAMLNode(content: .scalar(scalar.string, style), position: position)
    }

    private func hasNoTag(_ tag: Tag, at position: FilePosition) -> Bool {
        guard tag.rawValue != Tag.Name.implicit.rawValue else { return true }
        log.report("tags are not used in these files", hint: "remove it", at: position)
        return false
    }
}
