extension Expression {
    /// The expression with its code.
    ///
    /// - Parameter paths: shared by all that are evaluated for the same message.
    public func compiled(sharing paths: PathTable) -> Expression {
        var compiled = self
        compiled.program = Program(self, sharing: paths)
        return compiled
    }
}
