import Agent
import Core
import ProofTestSupport
import Store
import Testing

@testable import API

/// What listeners are told where all of it cannot be told.
@Suite("The feed of events, where it cannot keep up or cannot see")
struct EventFeedFaultTests {
    private let recording: Recording
    private let store: StorePool
    private let port = AgentPort()
    private let clock = TestClock()
    private let feed: EventFeed

    init() throws {
        recording = try Recording(PressRules.yaml())
        store = StorePool(path: recording.path)
        feed = EventFeed(store: store, port: port, clock: clock, isPolling: false)
    }

    private struct NotLive: Error {}

    private func propose(_ count: Int) throws {
        for _ in 0..<count {
            try recording.hear("cmd/press-1/spin/proposed", #"{"action":"spin","rpm":1000}"#)
        }
    }

    private func live(
        _ seat: EventSeat, after row: Int64? = nil
    ) async throws -> AsyncStream<[UInt8]> {
        guard case .live(let stream) = try await feed.follow(seat, after: row) else {
            throw NotLive()
        }
        return stream
    }

    private func text(_ stream: AsyncStream<[UInt8]>) async -> String {
        var text = ""
        for await bytes in stream { text += String(decoding: bytes, as: UTF8.self) }
        return text
    }

    /// The rows of decisions in what was heard.
    private func rows(_ text: String) -> [Int64] {
        text.split(separator: "\n").filter { $0.hasPrefix("id: ") }
            .compactMap { Int64($0.dropFirst(4)) }
    }

    @Test("where more is decided than can be told, the newest is told, and what is left out")
    func leftOut() async throws {
        let seat = try await feed.enter()
        let stream = try await live(seat)
        let look = Limits.eventPagesPerLook * Limits.eventPageRows
        try propose(look + 20)
        let rows = Int64(look + 20)
        let far = 2 * Limits.eventBacklogMax
        try recording.execute("UPDATE decision SET row = row + \(far) WHERE row > \(look + 10)")
        await feed.look()
        await feed.look()
        await feed.close()
        let heard = await text(stream)
        let first = rows + far - Int64(look)
        let notice = ServerSentEvent.missed(after: Int64(look), until: first)
        #expect(heard.contains(String(decoding: notice.bytes, as: UTF8.self)))
        let newest = (Int64(look) + 11 + far)...(rows + far)
        #expect(self.rows(heard) == Array(1...Int64(look)) + [first] + Array(newest))
    }

    @Test("who comes hears what happens from then on, however far the others are behind")
    func newcomer() async throws {
        let first = try await feed.enter()
        let behind = try await live(first)
        try propose(3)
        let second = try await feed.enter()
        let now = try await live(second)
        try propose(2)
        await feed.look()
        await feed.close()
        let (all, new) = (rows(await text(behind)), rows(await text(now)))
        #expect(all == [1, 2, 3, 4, 5])
        #expect(new == [4, 5])
    }

    @Test("who knows more than the others were told hears nothing twice")
    func ahead() async throws {
        let first = try await feed.enter()
        _ = try await live(first)
        try propose(3)
        let second = try await feed.enter()
        let stream = try await live(second, after: 2)
        await feed.look()
        await feed.close()
        let heard = rows(await text(stream))
        #expect(heard == [3])
    }

    @Test("a loop that does not answer is told, to who comes as well")
    func noStatus() async throws {
        let first = try await feed.enter()
        let stream = try await live(first)
        port.close()
        await feed.askStatus()
        let second = try await feed.enter()
        let later = try await live(second)
        await feed.close()
        let fault = ServerSentEvent.fault(APIError(PortError.stopped), of: .status)
        let expected = String(decoding: fault.bytes, as: UTF8.self)
        let (heard, alsoHeard) = (await text(stream), await text(later))
        #expect(heard == expected)
        #expect(alsoHeard == expected)
        #expect(expected.contains("event: fault"))
    }

    @Test("a store that cannot be read is told, once in a while")
    func noStore() async throws {
        let seat = try await feed.enter()
        let stream = try await live(seat)
        await store.close()
        await feed.look()
        await feed.look()
        clock.advance(by: Limits.eventStatusInterval)
        await feed.look()
        await feed.close()
        let heard = await text(stream)
        #expect(heard.ranges(of: "event: fault").count == 2)
        #expect(heard.contains(#""of":"decisions""#) && heard.contains("UNAVAILABLE"))
    }
}
