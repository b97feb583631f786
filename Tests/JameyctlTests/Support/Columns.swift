import Testing

/// Expects that what a command shows to a person has lines of at most 80 columns, and no colour.
func expectColumns(
    _ result: Command.Result, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(!result.output.isEmpty, "\(result)", sourceLocation: sourceLocation)
    let wide = result.lines.filter { $0.count > 80 }.map { "\($0.count): \($0)" }
    #expect(wide.isEmpty, "\(wide)", sourceLocation: sourceLocation)
    #expect(!result.output.contains("\u{1B}"), "\(result)", sourceLocation: sourceLocation)
}
