import Core

/// A value of a file being read: asking it for a type records what is wrong, with its place.
///
/// Every accessor returns nil after it has recorded an error, so that a reader can go on and find
/// the others; a result is complete only if the log holds no error.
public struct YAMLValue {
    /// What messages call it, quoted: `'weight'`.
    public let name: String
    let node: YAMLNode
    public let log: SourceLog

    init(name: String, node: YAMLNode, log: SourceLog) {
        self.name = name
        self.node = node
        self.log = log
    }

    /// Where it begins.
    public var position: FilePosition { node.position }

    public func report(_ message: String, hint: String? = nil) {
        log.report(message, hint: hint, at: node.position)
    }

    /// Any scalar as it is written: `10` and `"10"` are both the text 10.
    public func text() -> String? {
        guard case .scalar(let text, _) = node.content else { return mismatch("text") }
        guard !node.isNull else { return mismatch("text") }
        return text
    }

    /// Text of so many characters.
    public func text(length: ClosedRange<Int>) -> String? {
        guard let text = text() else { return nil }
        // A character has at least one byte: huge text is refused without counting characters.
        let isLong = text.utf8.count > length.upperBound && text.count > length.upperBound
        guard !isLong, !text.isEmpty || length.lowerBound == 0 else {
            report("\(name) must have \(length.lowerBound) to \(length.upperBound) characters")
            return nil
        }
        return text
    }

    public func number(in range: ClosedRange<Double>) -> Double? {
        guard let value = plain("a number").flatMap({ parseNumber($0) }) else { return nil }
        guard range.contains(value) else {
            let bounds = "\(Self.brief(range.lowerBound)) to \(Self.brief(range.upperBound))"
            report("\(name) must be from \(bounds), not \(Self.brief(value))")
            return nil
        }
        return value
    }

    public func integer(in range: ClosedRange<Int>) -> Int? {
        guard let text = plain("a whole number") else { return nil }
        guard let value = Int(text) else {
            return mismatch("a whole number", found: "'\(text)'")
        }
        guard range.contains(value) else {
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            report("\(name) must be from \(bounds), not \(value)")
            return nil
        }
        return value
    }

    public func flag() -> Bool? {
        guard let text = plain("true or false") else { return nil }
        switch text {
        case "true": return true
        case "false": return false
        case _: return mismatch("true or false", found: "'\(text)'")
        }
    }

    /// One of the names of a type.
    public func choice<Choice>(_ type: Choice.Type) -> Choice?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        guard let text = text() else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map(\.rawValue)
        let near = nearestName(to: text, among: names)
        report(
            "\(name) must be \(Self.list(names)), not '\(text)'",
            hint: near.map { "did you mean '\($0)'?" })
        return nil
    }

    /// Whether `choice` would find it, without recording anything.
    func isOne<Choice: RawRepresentable<String>>(of type: Choice.Type) -> Bool {
        guard case .scalar(let text, _) = node.content else { return false }
        return Choice(rawValue: text) != nil
    }

    /// The values of a list.
    public func list() -> [YAMLValue]? {
        guard case .sequence(let nodes) = node.content else { return mismatch("a list") }
        return nodes.map { YAMLValue(name: name, node: $0, log: log) }
    }

    /// A mapping that has no keys but these.
    public func mapping(keys: [String]) -> YAMLMapping? {
        guard case .mapping(let entries) = node.content else { return mismatch("a mapping") }
        let mapping = YAMLMapping(owner: self, entries: entries)
        for entry in entries where !keys.contains(entry.key) {
            let near = nearestName(to: entry.key, among: keys)
            log.report(
                "unknown key '\(entry.key)'", hint: near.map { "did you mean '\($0)'?" },
                at: entry.keyPosition)
        }
        return mapping
    }

    /// A mapping, or nil without a word where nothing is written: a section commented out.
    public func section(keys: [String]) -> YAMLMapping? {
        node.isNull ? nil : mapping(keys: keys)
    }

    /// Records that this is not what it should be; nil for the caller to return.
    func mismatch<T>(_ expected: String, found: String? = nil, hint: String? = nil) -> T? {
        report("\(name) must be \(expected), not \(found ?? node.kind)", hint: hint)
        return nil
    }

    /// `a, b or c`.
    static func list(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }

    /// A plain scalar: a number in quotes is text.
    private func plain(_ expected: String) -> String? {
        guard case .scalar(let text, let style) = node.content, !node.isNull else {
            return mismatch(expected)
        }
        guard style == .plain else {
            return mismatch(expected, hint: "remove the quotes")
        }
        return text
    }

    /// Decimal, finite. Swift's own initialiser would also take `nan`, `inf` and hexadecimal.
    private func parseNumber(_ text: String) -> Double? {
        let isDecimal = text.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            case _: false
            }
        }
        guard isDecimal, let value = Double(text) else {
            return mismatch("a number", found: "'\(text)'")
        }
        guard value.isFinite else { return mismatch("a finite number", found: "'\(text)'") }
        return value
    }

    /// `10` for 10.0.
    private static func brief(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? String(value)
    }
}
