import Core

extension DaemonClient {
    /// Writes the elements of a list as lines, however many there are: page by page, and what has
    /// come is written before the next is asked for.
    /// - Parameters:
    ///   - name: of the member of every page that holds the elements.
    ///   - query: with how many each page may have.
    /// - Returns: how many lines.
    /// - Throws: as `get`, and as the output.
    func export(
        _ path: DaemonPath, _ name: String, query: DaemonQuery, to output: inout LineOutput
    ) throws(Ending) -> Int {
        var cursor: String?
        var lines = 0
        repeat {
            let place: DaemonQuery = [("cursor", cursor)]
            let request = DaemonRequest(.get, path, query: query + place)
            let page = try askPatiently(request, for: output).piece
            guard let elements = page[name]?.elements else { throw DaemonAnswer.foreign }
            for element in elements { try output.line(element.line) }
            try output.flush()
            lines += elements.count
            let next = page["next"]?.string
            // Whoever would have us read the same page for ever is no daemon of ours.
            guard next == nil || next != cursor else { throw DaemonAnswer.foreign }
            cursor = next
        } while cursor != nil
        return lines
    }
}
