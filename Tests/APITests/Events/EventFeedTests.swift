import Agent
import Core
import ProofTestSupport
import Store
import Synchronization
import Testing

@testable import API

/// The feed over a store that the test writes; it looks when the test says so.
@Suite("The feed of events")
struct EventFeedTests {
    private let recording: Recording
    private let clock = TestClock()
    private let feed: EventFeed

    init() throws {
        recording = try Recording(PressRules.yaml())
        feed = EventFeed(
            store: StorePool(path: recording.path), port: AgentPort(), clock: clock,
            isPolling: false)
    }

    /// Each proposal leads to one verdict.
    private func propose(_ count: Int) throws {
        for _ in 0..<count {
            try recording.hear("cmd/press-1/spin/proposed", #"{"action":"spin","rpm":1000}"#)
        }
    }

    /// What a listener is told of the decisions behind a row.
    private func told(after row: Int64) throws -> String {
        let query = DecisionQuery(afterRow: row, isNewestFirst: false, limit: 100_000)
        let stored = try recording.reader().decisions(query)
        return String(decoding: stored.flatMap { ServerSentEvent($0).bytes }, as: UTF8.self)
    }

    private func live(_ seat: EventSeat) async throws -> AsyncStream<[UInt8]> {
        let following = try await feed.follow(seat, after: nil)
        guard case .live(let stream) = following else {
            throw NotLive()
        }
        return stream
    }

    private struct NotLive: Error {}

    @Test("a listener hears what is decided from then on, in order and once")
    func fromNow() async throws {
        try propose(3)
        let seat = try await feed.enter()
        var heard = try await live(seat).makeAsyncIterator()
        await feed.look()
        try propose(2)
        await feed.look()
        await feed.look()
        try propose(1)
        await feed.look()
        await feed.close()
        var text = ""
        while let bytes = await heard.next() { text += String(decoding: bytes, as: UTF8.self) }
        let expected = try told(after: 3)
        #expect(text == expected)
    }

    @Test("a listener that was away goes on behind what it knows, whoever else listens")
    func resumed() async throws {
        try propose(2 * Limits.eventPageRows + 30)
        let other = try await feed.enter()
        _ = try await live(other)
        let seat = try await feed.enter()
        let heard = Mutex("")
        let task = Task {
            try await seat.write(after: 10) { bytes in
                heard.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
            }
        }
        try await Condition.becomesTrue("both listen") { await feed.listenerCount == 2 }
        try propose(5)
        await feed.look()
        await feed.close()
        try await task.value
        let (text, expected) = (heard.withLock { $0 }, try told(after: 10))
        #expect(text == expected)
    }

    @Test("one that was away for too long is told so, and hears the newest")
    func missed() async throws {
        try propose(3)
        try recording.execute("UPDATE decision SET row = row + 20000")
        let seat = try await feed.enter()
        let heard = Mutex("")
        let task = Task {
            try await seat.write(after: 1) { bytes in
                heard.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
            }
        }
        try await Condition.becomesTrue("it listens") { await feed.listenerCount == 1 }
        await feed.look()
        await feed.close()
        try await task.value
        let first = 20_003 - Limits.eventBacklogMax
        let notice = ServerSentEvent.missed(after: 1, until: first)
        let expected = String(decoding: notice.bytes, as: UTF8.self) + (try told(after: first))
        let text = heard.withLock { $0 }
        #expect(text == expected)
    }

    @Test("a place beyond the newest is the newest")
    func beyond() async throws {
        try propose(1)
        let seat = try await feed.enter()
        let following = try await feed.follow(seat, after: 1_000)
        guard case .live(let stream) = following else { throw NotLive() }
        try propose(1)
        await feed.look()
        await feed.close()
        var text = ""
        for await bytes in stream { text += String(decoding: bytes, as: UTF8.self) }
        let expected = try told(after: 1)
        #expect(text == expected)
    }

    @Test("a listener that does not keep up is let go of, with what it has")
    func slow() async throws {
        let seat = try await feed.enter()
        let stream = try await live(seat)
        for _ in 0...Limits.eventQueueMax {
            try propose(1)
            await feed.look()
        }
        let listeners = await feed.listenerCount
        #expect(listeners == 0)
        var pages = 0
        for await _ in stream { pages += 1 }
        #expect(pages == Limits.eventQueueMax)
    }

    @Test("so many listen at most; a place is free again when nobody holds it")
    func bounded() async throws {
        var seats: [EventSeat] = []
        for _ in 0..<Limits.eventListenersMax { seats.append(try await feed.enter()) }
        let error = await #expect(throws: APIError.self) { _ = try await feed.enter() }
        #expect(error?.code == "UNAVAILABLE")
        seats.removeLast()
        try await Condition.becomesTrue("a free place") {
            (try? await feed.enter()) != nil
        }
    }

    @Test("one principal has its share of the places, and some are the local socket's")
    func shares() async throws {
        var seats: [EventSeat] = []
        for _ in 0..<Limits.eventListenersOfPrincipal {
            seats.append(try await feed.enter(.principal("key:1 panel")))
        }
        let own = await #expect(throws: APIError.self) {
            _ = try await feed.enter(.principal("key:1 panel"))
        }
        #expect(own?.code == "TOO_MANY_REQUESTS")
        let remote = Limits.eventListenersMax - Limits.eventListenersReserved
        for number in seats.count..<remote {
            seats.append(try await feed.enter(.principal("key:\(number + 2)")))
        }
        let others = await #expect(throws: APIError.self) {
            _ = try await feed.enter(.principal("key:0"))
        }
        #expect(others?.code == "UNAVAILABLE")
        for _ in 0..<Limits.eventListenersReserved { seats.append(try await feed.enter()) }
        #expect(seats.count == Limits.eventListenersMax)
    }

    @Test("while nothing happens a comment says that the connection is alive")
    func heartbeat() async throws {
        let seat = try await feed.enter()
        var heard = try await live(seat).makeAsyncIterator()
        clock.advance(by: Limits.eventHeartbeat)
        await feed.look()
        await feed.look()
        await feed.close()
        let (first, second) = (await heard.next(), await heard.next())
        #expect(first == ServerSentEvent.heartbeat)
        #expect(second == nil, "one is enough")
    }

    @Test("a stream ends with what let it in, and after its time")
    func unwelcome() async throws {
        let isWelcome = Atomic(true)
        try await expectEnd(isWelcome: { isWelcome.load(ordering: .relaxed) }) {
            isWelcome.store(false, ordering: .relaxed)
        }
        try await expectEnd(isWelcome: { true }) {
            clock.advance(by: Limits.eventStreamTimeMax)
        }
    }

    private func expectEnd(
        isWelcome: @escaping @Sendable () -> Bool, _ change: () -> Void
    ) async throws {
        let seat = try await feed.enter(isWelcome: isWelcome)
        let stream = try await live(seat)
        await feed.look()
        let before = await feed.listenerCount
        change()
        await feed.look()
        let after = await feed.listenerCount
        #expect(before == 1 && after == 0)
        for await bytes in stream { #expect(bytes == ServerSentEvent.heartbeat) }
    }

    @Test("closed it ends every stream, and takes nobody")
    func closed() async throws {
        let seat = try await feed.enter()
        let stream = try await live(seat)
        await feed.close()
        for await _ in stream { Issue.record("nothing was decided") }
        let error = await #expect(throws: APIError.self) { _ = try await feed.enter() }
        #expect(error?.code == "UNAVAILABLE")
    }
}
