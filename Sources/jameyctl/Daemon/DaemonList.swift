import Core

/// The elements of a list, as many as were asked for.
struct DaemonList: Sendable {
    /// As they were read, and as they were written.
    private(set) var elements: [JSONValue] = []
    private(set) var pieces: [JSONPiece] = []
    /// The last of the pages that they were on.
    fileprivate(set) var page = JSONPiece([])
    /// The cursor of the next page; nil where there is none.
    fileprivate(set) var next: String?

    /// Whether there are further ones.
    var isMore: Bool { next != nil }

    /// - Throws: that this is nothing of a daemon's.
    fileprivate mutating func add(_ piece: JSONPiece) throws(Ending) {
        guard let element = piece.value else { throw DaemonAnswer.foreign }
        elements.append(element)
        pieces.append(piece)
    }
}

extension DaemonClient {
    /// A list, page by page.
    /// - Parameters:
    ///   - name: of the member of every page that holds the elements.
    ///   - start: the cursor of the first page; nil for the beginning.
    ///   - limit: 1...
    ///   - missing: what to tell where the daemon has no such list.
    /// - Throws: as `get`.
    func list(
        _ path: DaemonPath, _ name: String, query: DaemonQuery = [], from start: String? = nil,
        limit: Int, missing: Ending? = nil
    ) throws(Ending) -> DaemonList {
        var list = DaemonList()
        var cursor = start
        repeat {
            let wanted = min(limit - list.elements.count, Limits.apiPageMax)
            let parameters: DaemonQuery = [("limit", "\(wanted)"), ("cursor", cursor)]
            let request = DaemonRequest(.get, path, query: query + parameters)
            let page = try self.page(request, missing)
            guard let elements = page[name]?.elements else { throw DaemonAnswer.foreign }
            for element in elements.prefix(wanted) { try list.add(element) }
            let next = page["next"]?.string
            // Whoever would have us read the same page for ever is no daemon of ours.
            guard next == nil || next != cursor else { throw DaemonAnswer.foreign }
            (list.page, list.next, cursor) = (page, next, next)
        } while cursor != nil && list.elements.count < limit
        return list
    }

    private func page(
        _ request: DaemonRequest, _ missing: Ending?
    ) throws(Ending) -> JSONPiece {
        guard let missing else { return try ask(request).piece }
        return try ask(request, missing: missing).piece
    }
}
