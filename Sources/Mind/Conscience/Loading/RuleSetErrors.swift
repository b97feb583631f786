import Core

/// Everything wrong in a set of rule files, in file order and by place: the set takes no effect.
///
/// Show all of them to whoever wrote the files; the set in force stays.
public struct RuleSetErrors: Error, Equatable, Sendable, CustomStringConvertible {
    /// At least one.
    public var errors: [SourceError]

    public init(errors: [SourceError]) { self.errors = errors }

    /// One error after the other, each with its line and a caret.
    public var description: String {
        errors.map(\.description).joined(separator: "\n")
    }
}
