import Core

/// Asks the daemon by its HTTP API; every call waits for the whole answer.
///
/// ```swift
/// let daemon = try options.client()
/// let page = try daemon.get("/decisions", query: [("limit", "50"), ("entity", entity)])
/// let why = try daemon.get("/decisions/\(id)/why").json()
/// ```
/// Each request has a connection of its own. Redirects are not followed.
struct DaemonClient: Sendable {
    let place: DaemonPlace
    let key: DaemonKey?
    /// The authorities that are trusted, as PEM; nil: those of the system.
    let authorities: [UInt8]?

    init(_ place: DaemonPlace, key: DaemonKey? = nil, authorities: [UInt8]? = nil) {
        self.place = place
        self.key = key
        self.authorities = authorities
    }

    /// - Throws: what keeps it from being answered, and every answer but a good one.
    func get(_ path: DaemonPath, query: DaemonQuery = []) throws(Ending) -> DaemonAnswer {
        try ask(DaemonRequest(.get, path, query: query))
    }

    /// - Parameter json: the body; nil: none.
    /// - Throws: as `get`.
    @discardableResult
    func post(
        _ path: DaemonPath, query: DaemonQuery = [], _ json: [UInt8]? = nil
    ) throws(Ending) -> DaemonAnswer {
        try ask(DaemonRequest(.post, path, query: query, body: json))
    }

    /// - Throws: as `get`.
    @discardableResult
    func put(
        _ path: DaemonPath, query: DaemonQuery = [], _ json: [UInt8]? = nil
    ) throws(Ending) -> DaemonAnswer {
        try ask(DaemonRequest(.put, path, query: query, body: json))
    }

    /// - Throws: as `get`.
    @discardableResult
    func delete(_ path: DaemonPath, query: DaemonQuery = []) throws(Ending) -> DaemonAnswer {
        try ask(DaemonRequest(.delete, path, query: query))
    }

    /// - Throws: as `get`.
    func ask(_ request: DaemonRequest) throws(Ending) -> DaemonAnswer {
        let answer = try answer(to: request)
        guard answer.isGood else { throw Ending(answer, from: place, hasKey: key != nil) }
        return answer
    }

    /// Whatever the daemon says, also no.
    /// - Throws: that it was not heard.
    func answer(to request: DaemonRequest) throws(Ending) -> DaemonAnswer {
        let result = Blocking.run(within: request.patience) { await exchange(request) }
        do throws(ConnectionFault) {
            return try (result ?? .failure(.late)).get()
        } catch { throw Ending(error, at: place) }
    }
}

/// The elements of a list, as many as were asked for.
struct DaemonList: Equatable, Sendable {
    var elements: [JSONValue] = []
    /// Whether there are further ones.
    var isMore = false
}

extension DaemonClient {
    /// A list, page by page.
    /// - Parameters:
    ///   - name: of the member of every page that holds the elements.
    ///   - limit: 1...`Limits.daemonListMax`
    /// - Throws: as `get`.
    func list(
        _ path: DaemonPath, _ name: String, query: DaemonQuery = [], limit: Int
    ) throws(Ending) -> DaemonList {
        var list = DaemonList()
        var cursor: String?
        repeat {
            let wanted = min(limit - list.elements.count, Limits.apiPageMax)
            let parameters: DaemonQuery = [("limit", "\(wanted)"), ("cursor", cursor)]
            let page = try get(path, query: query + parameters).json()
            guard let elements = page[name]?.array else { throw DaemonAnswer.foreign }
            list.elements += elements.prefix(wanted)
            let next = page["next"]?.string
            // Whoever would have us read the same page for ever is no daemon of ours.
            guard next == nil || next != cursor else { throw DaemonAnswer.foreign }
            cursor = next
        } while cursor != nil && list.elements.count < limit
        list.isMore = cursor != nil
        return list
    }
}
