import Broker
import Core
import Store
import Testing

@testable import Agent

@Suite("The outbox")
struct OutboxTests {
    let files: SimFiles
    let store: StoreWriter
    let path: String
    let link = ListLink()

    init() throws {
        files = try SimFiles()
        path = files.new()
        store = try StoreWriter(path: path)
    }

    /// Publishes into a list; what it refuses is decided by the topic.
    final class ListLink: BrokerLink {
        var sent: [String] = []
        var isUp = true
        var socket: Int32? { nil }
        var wantsWrite: Bool { false }
        var hasBufferedInput: Bool { false }
        var reportsDuplicates = false
        var isReadingPaused = false
        var burstCountMax = Limits.burstCountMax

        func replacePassword(_ password: [UInt8]?) {}
        func connect() {}
        func receive(into burst: inout Burst) {}
        func flush() {}
        func subscribe(_ subscriptions: [Subscription]) {}
        func unsubscribe(_ filters: [String]) {}
        func tick() {}
        func disconnect(keepsWill: Bool) {}
        func abandon() {}

        func publish(_ publication: Publication) throws(PublishError) -> UInt16 {
            guard isUp else { throw .notConnected }
            if publication.topic == "large" { throw .tooLarge }
            sent.append(publication.topic)
            return publication.qos == .atMostOnce ? 0 : UInt16(sent.count)
        }
    }

    func commit(_ topics: String..., qos: QoS = .atLeastOnce, to outbox: inout Outbox) throws {
        var batch = Batch()
        batch.publications = topics.map { Publication(topic: $0, payload: [1], qos: qos) }
        let first = try store.commit(batch, synced: false).firstOutboxID
        outbox.committed(batch.publications, firstID: first)
    }

    func remove(from outbox: inout Outbox) throws {
        var batch = Batch()
        batch.confirmed = outbox.confirmed
        _ = try store.commit(batch, synced: false)
        outbox.removed(batch.confirmed.count)
    }

    @Test("rows go out in order, as many as may be in flight, and leave when they are confirmed")
    func order() throws {
        defer { SimFiles.remove(path) }
        var outbox = Outbox(depth: 0, bounds: PathBounds(inFlight: 2, queued: 3))
        try commit("a", "b", to: &outbox)
        try commit("c", "d", to: &outbox)
        try commit("e", to: &outbox)
        _ = outbox.send(over: link) { _ in }
        #expect(link.sent == ["a", "b"])
        #expect(outbox.inFlightCount == 2 && outbox.depth == 5 && !outbox.isDrained)
        var next: UInt16 = 1
        while !outbox.isDrained {
            let fault = outbox.acknowledged(packetID: next, reason: 0)
            #expect(fault == nil)
            next += 1
            try outbox.refill(from: store)
            _ = outbox.send(over: link) { _ in }
        }
        #expect(link.sent == ["a", "b", "c", "d", "e"])
        try remove(from: &outbox)
        #expect(outbox.depth == 0 && store.outboxDepth == 0)
        let unknown = outbox.acknowledged(packetID: 99, reason: 0)
        #expect(unknown == nil)
    }

    @Test("what was in flight when the link was lost is sent again, what was confirmed is not")
    func again() throws {
        defer { SimFiles.remove(path) }
        var outbox = Outbox(depth: 0, bounds: PathBounds())
        try commit("a", "b", "c", to: &outbox)
        _ = outbox.send(over: link) { _ in }
        _ = outbox.acknowledged(packetID: 1, reason: 0)
        outbox.linkLost()
        link.sent = []
        try outbox.refill(from: store)
        _ = outbox.send(over: link) { _ in }
        #expect(link.sent == ["b", "c"])
    }

    @Test("a row that the broker refuses, or that can never be sent, is told of and removed")
    func impossible() throws {
        defer { SimFiles.remove(path) }
        var outbox = Outbox(depth: 0, bounds: PathBounds())
        try commit("large", "a", to: &outbox)
        let impossible = outbox.send(over: link) { _ in }
        #expect(impossible.map(\.code) == ["PUBLISH_IMPOSSIBLE"])
        let refusal = outbox.acknowledged(packetID: 1, reason: 0x87)
        #expect(refusal?.code == "PUBLISH_REFUSED")
        #expect(outbox.isDrained)
        try remove(from: &outbox)
        #expect(store.outboxDepth == 0)
    }

    @Test("without a link rows wait; QoS 0 is done when it was handed over")
    func waiting() throws {
        defer { SimFiles.remove(path) }
        var outbox = Outbox(depth: 0, bounds: PathBounds(outboxRows: 1, removals: 1))
        #expect(!outbox.isFull)
        try commit("a", qos: .atMostOnce, to: &outbox)
        #expect(outbox.isFull)
        link.isUp = false
        _ = outbox.send(over: link) { _ in }
        #expect(outbox.confirmed.isEmpty && outbox.queuedCount == 1)
        link.isUp = true
        _ = outbox.send(over: link) { _ in }
        #expect(outbox.isRemovalDue && outbox.isDrained)
    }
}
