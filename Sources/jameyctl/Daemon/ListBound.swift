import ArgumentParser
import Core

/// How many elements of a list are shown.
struct ListBound: ParsableArguments {
    @Option(
        name: [.customShort("n"), .long],
        help: "So many at most, 1 to \(Limits.daemonListMax).")
    var limit = Limits.apiPageDefault

    func validate() throws {
        guard (1...Limits.daemonListMax).contains(limit) else {
            throw ValidationError("--limit must be from 1 to \(Limits.daemonListMax)")
        }
    }
}

extension DaemonList {
    /// Shows a list: its elements as JSON, each on a line, or a table.
    /// - Parameter nothing: said to a person in place of an empty table.
    func show(_ table: TextTable, asJSON: Bool, nothing: String) throws(Ending) {
        var output = LineOutput()
        if asJSON {
            for piece in pieces { try output.line(piece.line) }
        } else if elements.isEmpty {
            try output.line(nothing)
        } else {
            try output.table(table)
        }
        try output.flush()
        if isMore {
            StandardError.write("there are more than these \(elements.count): ask with --limit")
        }
    }
}
