import Testing

@testable import jameyctl

/// Expects that what a command shows to a person has lines of at most 80 columns, and no colour.
func expectColumns(
    _ result: Command.Result, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(!result.output.isEmpty, "\(result)", sourceLocation: sourceLocation)
    let wide = result.lines.filter { $0.terminalColumns > 80 }
        .map { "\($0.terminalColumns): \($0)" }
    #expect(wide.isEmpty, "\(wide)", sourceLocation: sourceLocation)
    #expect(!result.output.contains("\u{1B}"), "\(result)", sourceLocation: sourceLocation)
}
