import CEL

/// The text of a part of an expression while the whole is put together.
struct Draft {
    /// How tightly the outermost operator binds.
    enum Level: Int { case conditional, or, and, relation, sum, product, unary, member }

    let text: String
    let level: Level
    /// Names of macros' variables that the text uses; elsewhere they may mean something else.
    let names: Set<String>

    init(_ text: String, _ level: Level, using parts: Draft...) {
        self.init(text, level, using: parts)
    }

    init(_ text: String, _ level: Level, using parts: [Draft]) {
        self.text = text
        self.level = level
        names = parts.reduce(into: []) { $0.formUnion($1.names) }
    }

    init(name: String) {
        text = name
        level = .member
        names = [name]
    }

    private init(_ draft: Draft, names: Set<String>) {
        text = draft.text
        level = draft.level
        self.names = names
    }

    /// The text where an operand has to bind so tightly, in parentheses where it does not.
    func at(_ level: Level) -> String {
        self.level.rawValue >= level.rawValue ? text : "(\(text))"
    }

    /// The text where anything may stand.
    var whole: String { text }

    /// Outside of what gives these names.
    func binding(_ bound: String...) -> Draft { Draft(self, names: names.subtracting(bound)) }
}
