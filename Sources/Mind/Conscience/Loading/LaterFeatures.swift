/// What rules.md describes and this version cannot do yet: one table, so that each is refused with
/// a clear word instead of being ignored, and has one place to leave when it comes.
enum LaterFeatures {
    /// Functions and namespaces of expressions.
    static let functions = ["baseline"]

    static func refusal(of name: String) -> String { "'\(name)' is not available in this version" }
}
