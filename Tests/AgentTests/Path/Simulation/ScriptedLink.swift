import Broker
import Core

/// The agent's end of the simulated connection: holds acknowledgements as the real link does, and
/// breaks where the script says.
final class ScriptedLink: BrokerLink {
    /// Where in a turn the connection ends.
    enum Break: CaseIterable {
        case beforeReceive, whileReceiving, beforeFlush, afterFlush, whilePublishing
    }

    private enum Stage: Equatable {
        case idle
        /// Turns until the answer.
        case connecting(Int)
        case up
    }

    let broker: SimBroker
    private unowned let world: SimWorld
    private var stage = Stage.idle
    private var out: [SimBroker.ToBroker] = []
    private var pending: [LinkSignal] = []
    private var lastPacketID: UInt16 = 0
    /// The next turn's fate.
    var plan: Break?
    /// The process is dead: nothing that it does has an effect any more.
    private var isCut = false
    /// Whether the DUP flag can be seen.
    let seesDuplicates: Bool
    /// As it was replaced last, and as the broker was shown it.
    private var password: [UInt8]?
    private(set) var shown: [UInt8]?

    var reportsDuplicates = false
    var isReadingPaused = false
    var burstCountMax = Limits.burstCountMax
    var socket: Int32? { nil }
    var wantsWrite: Bool { false }
    var hasBufferedInput: Bool { false }

    init(world: SimWorld, seesDuplicates: Bool, password: [UInt8]) {
        self.world = world
        broker = world.broker
        self.seesDuplicates = seesDuplicates
        self.password = password
    }

    var isUp: Bool { stage == .up }

    /// The process ends here; of what it had written, a part reaches the broker.
    func cut() {
        guard !isCut else { return }
        isCut = true
        broker.close(arriving: world.random.below(broker.wire.count + 1))
    }

    /// The connection ends; what was flushed may arrive in part.
    func sever() {
        guard stage == .up else { return }
        world.trace("the connection breaks")
        end()
        pending.append(.lost(reason: "severed"))
    }

    private func end() {
        broker.close(arriving: world.random.below(broker.wire.count + 1))
        stage = .idle
        out.removeAll()
    }

    private func takePlan(_ at: Break) -> Bool {
        guard plan == at, stage == .up else { return false }
        plan = nil
        return true
    }

    // MARK: BrokerLink

    func replacePassword(_ password: [UInt8]?) {
        if !isCut { self.password = password }
    }

    func connect() {
        guard !isCut else { return }
        abandon()
        shown = password
        reportsDuplicates = true
        lastPacketID = 0
        stage = .connecting(world.random.below(3))
    }

    func receive(into burst: inout Burst) {
        guard !isCut else { return }
        if takePlan(.beforeReceive) { sever() }
        switch stage {
        case .idle: break
        case .connecting(let turns) where turns > 0: stage = .connecting(turns - 1)
        case .connecting: answer()
        case .up: break
        }
        if stage == .up { read(into: &burst) }
        burst.signals += pending
        pending.removeAll()
        // The broker may have ended it while nobody looked.
        if stage == .up, !broker.isConnected {
            stage = .idle
            out.removeAll()
            burst.signals.append(.lost(reason: "the broker closed the connection"))
        }
    }

    private func answer() {
        guard broker.isReachable else {
            stage = .idle
            return pending.append(.lost(reason: "unreachable"))
        }
        if world.random.chance(5) {
            stage = .idle
            let refusal = Refusal(code: 0x88, text: "busy", isAuthentication: false)
            return pending.append(.refused(refusal))
        }
        let isToken = shown.flatMap(TokenTimes.init(password:)) != nil
        broker.open(willDelay: isToken ? Limits.tokenWillDelay : .zero)
        stage = .up
    }

    private func read(into burst: inout Burst) {
        var limit = world.random.chance(60) ? Int.max : 1 + world.random.below(6)
        let isBreaking = takePlan(.whileReceiving)
        if isBreaking { limit = world.random.below(8) }
        limit = min(limit, broker.toClient.count)
        var taken = 0
        while taken < limit, burst.messages.count < burstCountMax, let next = broker.toClient.first
        {
            if isReadingPaused {
                guard case .connack = next else { break }
            }
            for packet in broker.take(1) { hear(packet, into: &burst) }
            taken += 1
        }
        if isBreaking { sever() }
    }

    private func hear(_ packet: SimBroker.ToClient, into burst: inout Burst) {
        switch packet {
        case .connack(let isSessionPresent):
            if !isSessionPresent { reportsDuplicates = false }
            burst.signals.append(.connected(isSessionPresent: isSessionPresent))
        case .publish(let message, let packetID, let isDuplicate):
            if packetID != 0 { out.append(.puback(packetID)) }
            guard !message.isOversized else {
                burst.oversized.append(
                    OversizedMessage(
                        topic: message.topic, packetID: packetID, payloadBytes: 2 << 20))
                return
            }
            burst.messages.append(
                Message(
                    topic: message.topic, payload: message.payload, qos: message.qos,
                    retain: message.retain, packetID: packetID,
                    isDuplicate: seesDuplicates && reportsDuplicates ? isDuplicate : nil,
                    properties: message.properties))
        case .puback(let packetID, let reason):
            burst.signals.append(.confirmed(packetID: packetID, reason: reason))
        case .suback(let codes): burst.signals.append(.subscribed(codes: codes))
        }
    }

    func flush() {
        guard !isCut, stage == .up else { return }
        if takePlan(.beforeFlush) { return sever() }
        broker.wire += out
        out.removeAll()
        if takePlan(.afterFlush) { sever() }
    }

    func publish(_ publication: Publication) throws(PublishError) -> UInt16 {
        guard !isCut, stage == .up else { throw .notConnected }
        if takePlan(.whilePublishing) {
            sever()
            throw .notConnected
        }
        if !publication.retain, world.random.chance(2) { throw .failed("out of memory") }
        guard publication.qos != .atMostOnce else {
            out.append(.publish(0, publication))
            return 0
        }
        lastPacketID += 1
        out.append(.publish(lastPacketID, publication))
        return lastPacketID
    }

    func subscribe(_ subscriptions: [Subscription]) {
        guard !isCut, stage == .up else { return }
        out.append(.subscribe(subscriptions.map(\.filter)))
    }

    func unsubscribe(_ filters: [String]) {
        guard !isCut, stage == .up else { return }
        out.append(.unsubscribe(filters))
    }

    func tick() {}

    func disconnect(keepsWill: Bool) {
        guard !isCut, stage == .up else { return }
        broker.wire += out + [.disconnect(keepsWill: keepsWill)]
        broker.close(arriving: broker.wire.count)
        stage = .idle
        out.removeAll()
    }

    func abandon() {
        guard !isCut else { return }
        if stage == .up { end() }
        stage = .idle
        out.removeAll()
        pending.removeAll()
    }
}
