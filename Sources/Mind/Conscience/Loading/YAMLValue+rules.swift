import Core

/// What only rule files hold: names, topics and policies.
extension YAMLValue {
    /// A document's root; nil for an empty one, or where it cannot be read.
    public init?(document log: SourceLog) {
        guard let root = YAMLNode.compose(log) else { return nil }
        self.init(name: "the document", node: root, log: log)
    }

    /// A name of 1 to `Limits.ruleNameCharactersMax` characters, no control character among them.
    func name(forbidding forbidden: String) -> String? {
        guard let text = text(length: 1...Limits.ruleNameCharactersMax) else { return nil }
        for scalar in text.unicodeScalars {
            if forbidden.unicodeScalars.contains(scalar) {
                report("\(name) cannot hold '\(scalar)'", hint: "it becomes a level of a topic")
                return nil
            }
            if scalar.properties.generalCategory == .control {
                report("\(name) cannot hold control characters")
                return nil
            }
        }
        return text
    }

    func pattern() -> TopicPattern? {
        guard let text = text() else { return nil }
        do throws(TopicError) {
            return try TopicPattern(text)
        } catch {
            report("\(name): \(error)")
            return nil
        }
    }

    func template(as use: TopicTemplate.Use) -> TopicTemplate? {
        guard let text = text() else { return nil }
        do throws(TopicError) {
            return try TopicTemplate(text, as: use)
        } catch {
            report("\(name): \(error)")
            return nil
        }
    }

    /// Refuses a template that names what the pattern does not capture.
    func checkCaptures(of template: TopicTemplate, in pattern: TopicPattern) {
        for name in template.names where !pattern.captureNames.contains(name) {
            let near = nearestName(to: name, among: pattern.captureNames)
            let known = pattern.captureNames.map { "{\($0)}" }.joined(separator: ", ")
            report(
                "{\(name)} is not captured by '\(pattern.text)'",
                hint: near.map { "did you mean {\($0)}?" }
                    ?? (known.isEmpty ? "it captures nothing" : "it captures \(known)"))
        }
        // The value of a rest holds slashes, which `{name}` does not let into a topic.
        if template.use == .topic, let rest = pattern.restName,
            template.text.contains("{\(rest)}")
        {
            report(
                "{\(rest)} stands for one level, but '\(pattern.text)' captures several",
                hint: "write {\(rest)...}")
        }
    }

    /// `all`, `changed`, `none` or `every 10s`.
    func recordPolicy() -> Route.Record? {
        guard let text = text() else { return nil }
        switch text {
        case "all": return .all
        case "changed": return .changed
        case "none": return Route.Record.none
        case _: break
        }
        let prefix = "every "
        if text.hasPrefix(prefix),
            let period = try? Duration(text: String(text.dropFirst(prefix.count))), period > .zero
        {
            return .every(period)
        }
        report(
            "\(name) must be all, changed, none or every and a duration, not '\(text)'",
            hint: "for example: every 10s")
        return nil
    }

    /// A name that CEL can select: letters, digits and underscores, no word of the language.
    func identifier() -> String? {
        guard let text = text(length: 1...Limits.ruleNameCharactersMax) else { return nil }
        let isWord = text.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            case _: false
            }
        }
        let startsWithDigit = text.utf8.first.map { $0 <= UInt8(ascii: "9") } ?? true
        guard isWord, !startsWithDigit else {
            report(
                "'\(text)' cannot be a variable's name",
                hint: "letters, digits and _, a digit not first")
            return nil
        }
        guard !Self.reservedWords.contains(text) else {
            report("'\(text)' cannot be a variable's name: it is a word of the language")
            return nil
        }
        return text
    }

    /// Language definition of CEL, "Syntax".
    private static let reservedWords: Set = [
        "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import",
        "in", "let", "loop", "namespace", "null", "package", "return", "true", "var", "void",
        "while",
    ]
}
