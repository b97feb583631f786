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
        guard answer.isGood else { throw ending(answer, to: request) }
        return answer
    }

    /// - Parameter missing: what to tell where the daemon has no such thing.
    /// - Throws: as `get`.
    @discardableResult
    func ask(_ request: DaemonRequest, missing: Ending) throws(Ending) -> DaemonAnswer {
        let answer = try answer(to: request)
        if answer.lacksThing { throw missing }
        guard answer.isGood else { throw ending(answer, to: request) }
        return answer
    }

    /// As `ask`; whoever asks faster than the configuration allows is told when to go on, and does
    /// so then, since nothing was begun.
    /// - Parameters:
    ///   - output: no longer than somebody reads it.
    ///   - refusal: a code with which the daemon may say no; that is answered, too.
    func askPatiently(
        _ request: DaemonRequest, for output: LineOutput = LineOutput(),
        or refusal: String? = nil
    ) throws(Ending) -> DaemonAnswer {
        let answer = try answerPatiently(to: request, for: output)
        if let refusal, answer.piece["code"]?.string == refusal { return answer }
        guard answer.isGood else { throw ending(answer, to: request) }
        return answer
    }

    /// As `askPatiently`, but also a no is an answer.
    func answerPatiently(
        to request: DaemonRequest, for output: LineOutput = LineOutput()
    ) throws(Ending) -> DaemonAnswer {
        while true {
            let answer = try answer(to: request)
            if answer.status == 429, answer.piece["code"]?.string == "TOO_MANY_REQUESTS",
                let pause = answer.retryAfter, output.wait(pause)
            {
                continue
            }
            return answer
        }
    }

    /// What an answer says that is not good.
    func ending(_ answer: DaemonAnswer, to request: DaemonRequest) -> Ending {
        Ending(answer, from: place, hasKey: key != nil, changes: request.changes)
    }

    /// Whatever the daemon says, also no.
    /// - Throws: that it was not heard; `.quiet` where a signal has come that is watched for.
    func answer(to request: DaemonRequest) throws(Ending) -> DaemonAnswer {
        let clock = SystemTime()
        var signalAt: MonotonicTime?
        let result = Blocking.run(
            within: request.patience,
            unless: {
                guard Interruption.hasCome else { return false }
                guard request.outlastsSignals else { return true }
                let now = clock.monotonic()
                signalAt = signalAt ?? now
                return now - (signalAt ?? now) >= Limits.daemonSignalTimeMax
            }
        ) { await exchange(request) }
        if result == nil, Interruption.hasCome, !request.outlastsSignals { throw .quiet }
        do throws(ConnectionFault) {
            return try (result ?? .failure(.late)).get()
        } catch { throw Ending(error, at: place, changes: request.changes) }
    }

    /// Whether somebody answers there, whatever they say.
    /// - Throws: where this account may not ask: that is not the same as nobody.
    func isThere() throws(Ending) -> Bool {
        var request = DaemonRequest(.get, "/livez")
        request.patience = Limits.daemonKnockTimeMax
        do throws(Ending) { _ = try answer(to: request) } catch {
            guard error.code == Exit.permission else { return false }
            throw error
        }
        return true
    }
}
