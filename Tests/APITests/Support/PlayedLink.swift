import Broker
import Core

/// A link to a broker that is played: it takes everything and confirms it, or is never there.
final class PlayedLink: BrokerLink {
    private let isBrokerThere: Bool
    private var signals: [LinkSignal] = []
    private var lastPacketID: UInt16 = 0
    /// What the next burst brings.
    var messages: [Message] = []
    /// What was published, in order.
    private(set) var published: [Publication] = []

    var socket: Int32? { nil }
    var wantsWrite: Bool { false }
    var hasBufferedInput: Bool { !signals.isEmpty }
    var reportsDuplicates = false
    var isReadingPaused = false
    var burstCountMax = Limits.burstCountMax

    init(isBrokerThere: Bool) { self.isBrokerThere = isBrokerThere }

    func connect() {
        signals.append(
            isBrokerThere ? .connected(isSessionPresent: false) : .lost(reason: "unreachable"))
    }

    func receive(into burst: inout Burst) {
        burst.signals += signals
        signals.removeAll()
        guard !isReadingPaused else { return }
        burst.messages += messages
        messages.removeAll()
    }

    func subscribe(_ subscriptions: [Subscription]) {
        signals.append(.subscribed(codes: subscriptions.map { _ in 1 }))
    }

    func publish(_ publication: Publication) throws(PublishError) -> UInt16 {
        guard isBrokerThere else { throw .notConnected }
        published.append(publication)
        guard publication.qos != .atMostOnce else { return 0 }
        lastPacketID = lastPacketID == .max ? 1 : lastPacketID + 1
        signals.append(.confirmed(packetID: lastPacketID, reason: 0))
        return lastPacketID
    }

    func replacePassword(_ password: [UInt8]?) {}
    func flush() {}
    func unsubscribe(_ filters: [String]) {}
    func tick() {}
    func disconnect(keepsWill: Bool) {}
    func abandon() { signals.removeAll() }
}
