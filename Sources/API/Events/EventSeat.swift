import Core
import Hummingbird

/// Who holds a place at the feed.
enum EventHolder: Hashable, Sendable {
    /// Somebody at the local socket, which has places of its own and no bound but that of all.
    case local
    case principal(String)

    init(_ context: APIContext) {
        if case .unix = context.source {
            self = .local
        } else {
            self = .principal(context.principal?.name ?? "")
        }
    }
}

/// A listener's place at the feed; it is free again when nobody holds this any longer.
final class EventSeat: Sendable {
    let number: Int
    let isWelcome: @Sendable () -> Bool
    private let feed: EventFeed

    init(number: Int, feed: EventFeed, isWelcome: @escaping @Sendable () -> Bool) {
        self.number = number
        self.feed = feed
        self.isWelcome = isWelcome
    }

    deinit {
        // An answer that nobody wants may never be written, so its end is not the place for this.
        Task { [feed, number] in await feed.leave(number) }
    }

    /// The events after a decision, in order, for as long as the listener keeps up.
    /// - Parameter row: nil begins with what happens now.
    func body(after row: Int64?) -> ResponseBody {
        ResponseBody { writer in
            // Whoever waits for the headers has them at once.
            try await writer.write(ByteBuffer(bytes: ServerSentEvent.heartbeat))
            do {
                try await self.write(after: row) {
                    try await writer.write(ByteBuffer(bytes: $0))
                }
            } catch let error as APIError {
                // The answer has begun: this is how its listener learns why it ends.
                let fault = ServerSentEvent.fault(error, of: .decisions)
                try await writer.write(ByteBuffer(bytes: fault.bytes))
            }
            try await writer.finish(nil)
        }
    }

    /// - Parameter write: takes bytes; it may wait.
    func write(
        after row: Int64?, to write: ([UInt8]) async throws -> Void
    ) async throws {
        var row = row
        // One that is behind is not live, and nobody else looks whether it may go on.
        while isWelcome() {
            switch try await feed.follow(self, after: row) {
            case .live(let stream):
                for await bytes in stream { try await write(bytes) }
                return
            case .behind(let newest):
                row = try await catchUp(after: row ?? newest, with: newest, write)
            }
        }
    }

    /// One step towards the newest.
    /// - Returns: the last row that was told.
    private func catchUp(
        after row: Int64, with newest: Int64, _ write: ([UInt8]) async throws -> Void
    ) async throws -> Int64 {
        let first = newest - Limits.eventBacklogMax
        guard row >= first else {
            try await write(ServerSentEvent.missed(after: row, until: first).bytes)
            return first
        }
        let page = try await feed.page(after: row)
        // Retention may have deleted the rest.
        guard let last = page.last else { return newest }
        try await write(page.flatMap { ServerSentEvent($0).bytes })
        return last.row
    }
}
