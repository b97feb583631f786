import Broker
import Core
import Store

/// Publications on their way: rows of the store that the broker has not confirmed yet.
///
/// The store holds them all; memory holds the next few in order. A row leaves the store in the
/// first transaction after its PUBACK, so each is published at least once.
struct Outbox {
    private struct Row {
        var id: OutboxID
        var publication: Publication
    }

    /// Rows in the store that no transaction has removed yet.
    private(set) var depth: Int
    /// Confirmed, or impossible to send: to be removed by the next transaction.
    private(set) var confirmed: [OutboxID] = []
    private var queue: [Row] = []
    private var queueHead = 0
    private var inFlight: [UInt16: OutboxID] = [:]
    /// The last row that was put in the queue; later ones may wait in the store.
    private var lastQueued: OutboxID = 0
    private var hasMoreInStore: Bool
    private let bounds: PathBounds

    init(depth: Int, bounds: PathBounds) {
        self.depth = depth
        self.bounds = bounds
        hasMoreInStore = depth > 0
    }

    var isFull: Bool { depth >= bounds.outboxRows }
    var inFlightCount: Int { inFlight.count }
    var queuedCount: Int { queue.count - queueHead }
    var isRemovalDue: Bool { confirmed.count >= bounds.removals }
    /// Nothing waits, here or in the store, that has not been confirmed.
    var isDrained: Bool { queueHead == queue.count && inFlight.isEmpty && !hasMoreInStore }
    var needsRefill: Bool { queueHead == queue.count && hasMoreInStore }

    /// Takes the rows that a transaction just wrote.
    mutating func committed(_ publications: [Publication], firstID: OutboxID) {
        depth += publications.count
        guard !hasMoreInStore, queuedCount < bounds.queued else {
            hasMoreInStore = hasMoreInStore || !publications.isEmpty
            return
        }
        for (offset, publication) in publications.enumerated() {
            queue.append(Row(id: firstID + OutboxID(offset), publication: publication))
        }
        lastQueued = max(lastQueued, firstID + OutboxID(publications.count) - 1)
    }

    /// The transaction that held these removals is durable.
    mutating func removed(_ count: Int) {
        depth -= count
        confirmed.removeFirst(count)
    }

    /// Loads the next page when the queue ran empty.
    mutating func refill(from store: StoreWriter) throws(ReadError) {
        guard needsRefill else { return }
        queue.removeAll(keepingCapacity: true)
        queueHead = 0
        let page = try store.outbox(after: lastQueued, limit: bounds.queued)
        let done = Set(confirmed)
        for row in page where !done.contains(row.id) {
            queue.append(Row(id: row.id, publication: row.publication))
        }
        lastQueued = page.last?.id ?? lastQueued
        hasMoreInStore = page.count == bounds.queued
    }

    /// Hands rows to the link until enough are in flight.
    ///
    /// - Parameter sent: told of each packet identifier that a PUBACK will name.
    /// - Returns: rows that can never be sent; they count as confirmed.
    mutating func send(
        over link: any BrokerLink, sent: (UInt16) -> Void
    ) -> [Rejection] {
        var rejections: [Rejection] = []
        while queueHead < queue.count, inFlight.count < bounds.inFlight {
            let row = queue[queueHead]
            do throws(PublishError) {
                let packetID = try link.publish(row.publication)
                if packetID == 0 {
                    confirmed.append(row.id)
                } else {
                    inFlight[packetID] = row.id
                    sent(packetID)
                }
            } catch .notConnected, .failed {
                return rejections
            } catch {
                confirmed.append(row.id)
                rejections.append(Self.rejection(of: row.publication, error))
            }
            queueHead += 1
        }
        if queueHead == queue.count {
            queue.removeAll(keepingCapacity: true)
            queueHead = 0
        }
        return rejections
    }

    /// A PUBACK came. A refusal drops the row as well: the same would be refused for ever.
    ///
    /// - Returns: the fault to tell of when the broker refused the publication.
    mutating func acknowledged(packetID: UInt16, reason: UInt8) -> Rejection? {
        guard let id = inFlight.removeValue(forKey: packetID) else { return nil }
        confirmed.append(id)
        guard reason >= 0x80 else { return nil }
        return Rejection(
            code: "PUBLISH_REFUSED",
            message: "the broker refused an outgoing message with reason "
                + "0x\(String(reason, radix: 16)); check the broker's access control list",
            component: "outbox", severity: .error)
    }

    /// The link is gone: what was in flight is sent again, in order, over the next one.
    mutating func linkLost() {
        queue.removeAll(keepingCapacity: true)
        queueHead = 0
        inFlight.removeAll(keepingCapacity: true)
        lastQueued = 0
        hasMoreInStore = depth > confirmed.count
    }

    private static func rejection(
        of publication: Publication, _ error: PublishError
    ) -> Rejection {
        Rejection(
            code: "PUBLISH_IMPOSSIBLE",
            message: "a message for '\(publication.topic.prefix(200))' cannot be sent: \(error)",
            component: "outbox", severity: .error)
    }
}
