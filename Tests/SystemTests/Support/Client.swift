import Broker
import BrokerTestSupport
import Core

/// A client of the broker that comes back whenever it is thrown out: a device, or an observer.
///
/// What it publishes at QoS 1 without being told that it arrived, it publishes again after the next
/// connection, as a careful device does.
final class Client {
    private let link: MosquittoLink
    private let filters: [String]
    private var burst = Burst()
    private var waiting: [UInt16: Publication] = [:]
    private var unsent: [Publication] = []
    private var retryAt: ContinuousClock.Instant?
    private(set) var isUp = false
    private(set) var isSubscribed = false
    private(set) var connects = 0
    /// Called with what the broker has taken.
    var confirmed: (Publication) -> Void = { _ in }
    /// Called with each message of its filters.
    var heard: (Message) -> Void = { _ in }

    init(
        port: Int, id: String, filters: [String] = [],
        _ change: (inout LinkOptions) -> Void = { _ in }
    ) {
        var options = LinkOptions(host: "127.0.0.1", port: port, clientID: id)
        change(&options)
        link = MosquittoLink(options)
        self.filters = filters
        link.connect()
    }

    var socket: Int32? { link.socket }
    var wantsWrite: Bool { link.wantsWrite }
    var hasBufferedInput: Bool { link.hasBufferedInput }
    /// Publications that the broker has not confirmed.
    var unconfirmedCount: Int { waiting.count + unsent.count }

    func publish(_ publication: Publication) { unsent.append(publication) }

    func publish(_ topic: String, _ payload: String, qos: QoS = .atLeastOnce) {
        publish(Publication(topic: topic, payload: Array(payload.utf8), qos: qos))
    }

    /// Receives, sends and reconnects; waits for nothing.
    func turn() {
        if let retryAt, ContinuousClock.now >= retryAt {
            self.retryAt = nil
            link.connect()
        }
        burst.removeAll()
        link.receive(into: &burst)
        for signal in burst.signals { take(signal) }
        for message in burst.messages { heard(message) }
        send()
        link.flush()
        link.tick()
    }

    /// Says goodbye; the session stays with the broker.
    func leave() {
        link.disconnect()
        isUp = false
    }

    private func take(_ signal: LinkSignal) {
        switch signal {
        case .connected:
            isUp = true
            connects += 1
            if filters.isEmpty { return isSubscribed = true }
            link.subscribe(filters.map { Subscription(filter: $0, qos: .atLeastOnce) })
        case .refused, .lost:
            isUp = false
            isSubscribed = false
            unsent = waiting.sorted { $0.key < $1.key }.map(\.value) + unsent
            waiting = [:]
            retryAt = ContinuousClock.now + .milliseconds(50)
        case .confirmed(let packetID, _):
            guard let publication = waiting.removeValue(forKey: packetID) else { return }
            confirmed(publication)
        case .subscribed: isSubscribed = true
        }
    }

    private func send() {
        guard isUp, !unsent.isEmpty else { return }
        var count = 0
        for publication in unsent {
            guard waiting.count < 200, let packetID = try? link.publish(publication) else { break }
            if packetID != 0 { waiting[packetID] = publication } else { confirmed(publication) }
            count += 1
        }
        unsent.removeFirst(count)
    }
}
