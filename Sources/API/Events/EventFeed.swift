import Agent
import Core
import Store

/// What listeners hear as it happens: decisions and alerts out of the store, and the agent's state.
///
/// One poller for all of them, which runs while somebody listens; nothing on a message's path knows
/// of it. A listener that does not keep up is let go of, and goes on later where it was.
actor EventFeed {
    private struct Listener {
        let continuation: AsyncStream<[UInt8]>.Continuation
        let isWelcome: @Sendable () -> Bool
        let until: MonotonicTime
        /// It is told what is behind this row.
        let after: Int64
    }

    /// What a listener gets that wants to go on after a decision.
    enum Following {
        case live(AsyncStream<[UInt8]>)
        /// It has to catch up with this row first.
        case behind(Int64)
    }

    private let store: StorePool
    private let port: AgentPort
    private let clock: any TimeSource
    private let isPolling: Bool
    /// Places that are taken, by listeners that are catching up, too.
    private var seats: [Int: EventHolder] = [:]
    private var lastSeat = 0
    private var listening: [Int: Listener] = [:]
    /// The newest decision that the listeners were told; of no meaning where nobody listens.
    private var told: Int64 = 0
    /// What was told last about the agent's state, or that it is not known.
    private var status: [UInt8]?
    /// When it was told last that the store cannot be read.
    private var faultAt: MonotonicTime?
    private var saidAt = MonotonicTime(microseconds: 0)
    private var lookTask: Task<Void, Never>?
    private var statusTask: Task<Void, Never>?
    private var isClosed = false

    /// - Parameter isPolling: off where a test calls `look` and `askStatus` itself.
    init(
        store: StorePool, port: AgentPort, clock: any TimeSource, isPolling: Bool = true
    ) {
        self.store = store
        self.port = port
        self.clock = clock
        self.isPolling = isPolling
    }

    /// Takes a place.
    /// - Parameters:
    ///   - holder: who listens.
    ///   - isWelcome: asked again and again; false ends it.
    /// - Throws: `TOO_MANY_REQUESTS` where the holder has as many as one may, `UNAVAILABLE` where
    ///   there is none.
    func enter(
        _ holder: EventHolder = .local, isWelcome: @escaping @Sendable () -> Bool = { true }
    ) throws(APIError) -> EventSeat {
        guard !isClosed else { throw .unavailable("the agent is stopping") }
        if holder != .local {
            guard seats.values.count(where: { $0 == holder }) < Limits.eventListenersOfPrincipal
            else { throw .tooManyStreams }
            let remote = seats.values.count(where: { $0 != .local })
            let most = Limits.eventListenersMax - Limits.eventListenersReserved
            guard remote < most else { throw .unavailable("\(most) listen already") }
        }
        guard seats.count < Limits.eventListenersMax else {
            throw .unavailable("\(Limits.eventListenersMax) listen already")
        }
        lastSeat += 1
        seats[lastSeat] = holder
        return EventSeat(number: lastSeat, feed: self, isWelcome: isWelcome)
    }

    /// - Parameter row: the last decision that the listener knows; nil for the newest.
    /// - Throws: `UNAVAILABLE`.
    func follow(_ seat: EventSeat, after row: Int64?) async throws(APIError) -> Following {
        var place = row ?? told
        // The others may be behind the newest, where a newcomer is not to begin.
        if listening.isEmpty || row == nil || place > told {
            let newest = try await newestRow()
            // Somebody may have come meanwhile.
            if listening.isEmpty {
                // The poller takes a short way to catch up by itself, or this could go on for ever.
                let isNear = row.map { newest - $0 <= Int64(Limits.eventPageRows) } ?? false
                told = isNear ? min(row ?? newest, newest) : newest
                status = nil
            }
            place = min(row ?? newest, max(newest, told))
        }
        guard !isClosed else { throw .unavailable("the agent is stopping") }
        if let row, row < told { return .behind(told) }
        let (stream, continuation) = AsyncStream.makeStream(
            of: [UInt8].self, bufferingPolicy: .bufferingOldest(Limits.eventQueueMax))
        listening[seat.number] = Listener(
            continuation: continuation, isWelcome: seat.isWelcome,
            until: clock.monotonic() + Limits.eventStreamTimeMax, after: place)
        if let status { continuation.yield(status) }
        startPolling()
        return .live(stream)
    }

    func leave(_ number: Int) {
        seats[number] = nil
        end(number)
    }

    /// Ends every stream; nobody gets a place any longer.
    func close() {
        isClosed = true
        for number in listening.keys { end(number) }
        lookTask?.cancel()
        statusTask?.cancel()
    }

    /// How many have a place.
    var seatCount: Int { seats.count }

    /// How many hear what happens now.
    var listenerCount: Int { listening.count }

    private func end(_ number: Int) { listening.removeValue(forKey: number)?.continuation.finish() }

    /// Says something to all.
    private func tell(_ bytes: [UInt8]) {
        saidAt = clock.monotonic()
        for number in listening.keys { say(bytes, to: number) }
    }

    /// Tells decisions to whoever does not know them.
    private func tell(_ page: [StoredDecision]) {
        let events = page.map { (row: $0.row, bytes: ServerSentEvent($0).bytes) }
        guard let first = events.first else { return }
        let all = events.flatMap { $0.bytes }
        saidAt = clock.monotonic()
        for (number, listener) in listening {
            guard listener.after >= first.row else {
                say(all, to: number)
                continue
            }
            let unknown = events.filter { $0.row > listener.after }.flatMap { $0.bytes }
            if !unknown.isEmpty { say(unknown, to: number) }
        }
    }

    /// Tells whoever does not know them that decisions are left out.
    private func tellMissed(after row: Int64, until first: Int64) {
        for (number, listener) in listening where listener.after < first {
            let missed = ServerSentEvent.missed(after: max(row, listener.after), until: first)
            say(missed.bytes, to: number)
        }
    }

    private func say(_ bytes: [UInt8], to number: Int) {
        if case .enqueued? = listening[number]?.continuation.yield(bytes) { return }
        // It is gone, or too slow.
        end(number)
    }
}

// MARK: Polling

extension EventFeed {
    private func startPolling() {
        guard isPolling else { return }
        if lookTask == nil { lookTask = Task { await self.lookWhileHeard() } }
        if statusTask == nil { statusTask = Task { await self.askWhileHeard() } }
    }

    private func lookWhileHeard() async {
        defer { lookTask = nil }
        while !listening.isEmpty, await Self.pause(Limits.eventPollInterval) { await look() }
    }

    private func askWhileHeard() async {
        defer { statusTask = nil }
        while !listening.isEmpty {
            await askStatus()
            guard await Self.pause(Limits.eventStatusInterval) else { return }
        }
    }

    /// - Returns: false where it was ended meanwhile.
    private static func pause(_ duration: Duration) async -> Bool {
        // There is nothing to wait on: a store is looked at again after a while.
        (try? await Task.sleep(for: duration)) != nil
    }

    /// Tells what was decided since the last time, and that the connection is alive.
    func look() async {
        do throws(APIError) {
            try await tellDecisions()
        } catch {
            // What cannot be read now is told the next time.
            let now = clock.monotonic()
            if faultAt.map({ now - $0 >= Limits.eventStatusInterval }) ?? true {
                faultAt = now
                tell(ServerSentEvent.fault(error, of: .decisions).bytes)
            }
        }
        let now = clock.monotonic()
        for (number, listener) in listening where now >= listener.until || !listener.isWelcome() {
            end(number)
        }
        if now - saidAt >= Limits.eventHeartbeat { tell(ServerSentEvent.heartbeat) }
    }

    private func tellDecisions() async throws(APIError) {
        for _ in 0..<Limits.eventPagesPerLook {
            guard !listening.isEmpty else { return }
            let after = told
            let page = try await page(after: after)
            // Whoever listens now may have begun elsewhere.
            guard told == after, let last = page.last else { return }
            told = last.row
            tell(page)
            if page.count < Limits.eventPageRows { return }
        }
        try await leaveOut()
    }

    /// Goes on with the newest where more is decided than can be told: whoever listens wants to
    /// know what happens now, and is told what is left out.
    private func leaveOut() async throws(APIError) {
        let after = told
        let newest = try await newestRow()
        guard told == after, newest - after > Limits.eventBacklogMax else { return }
        let first = newest - Int64(Limits.eventPagesPerLook * Limits.eventPageRows)
        told = first
        tellMissed(after: after, until: first)
    }

    /// Tells the agent's state as it is now, or that it does not say.
    func askStatus() async {
        let event: ServerSentEvent
        do throws(PortError) {
            let report = try await port.ask(within: Limits.apiLivenessPatience) { $0.report() }
            event = ServerSentEvent("status", data: StatusView.json(report))
        } catch {
            event = .fault(APIError(error), of: .status)
        }
        let bytes = event.bytes
        status = bytes
        tell(bytes)
    }

    /// Decisions in their order; `Limits.eventPageRows` at most.
    func page(after row: Int64) async throws(APIError) -> [StoredDecision] {
        let query = DecisionQuery(
            afterRow: row, isNewestFirst: false, limit: Limits.eventPageRows)
        return try await store.read { (reader) throws(ReadError) in try reader.decisions(query) }
    }

    private func newestRow() async throws(APIError) -> Int64 {
        try await store.read { (reader) throws(ReadError) in
            try reader.decisions(DecisionQuery(limit: 1)).first?.row ?? 0
        }
    }
}
