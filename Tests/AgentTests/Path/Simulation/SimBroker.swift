import Core

/// A broker with one client, the agent: what MQTT promises about sessions, and no more.
///
/// Packets travel in two pipes. What a breaking connection still carries is up to the test: of what
/// the client had written, a beginning of any length arrives.
final class SimBroker {
    enum ToClient {
        case connack(isSessionPresent: Bool)
        case publish(SimMessage, packetID: UInt16, isDuplicate: Bool)
        case puback(UInt16, reason: UInt8)
        case suback([UInt8])
    }

    enum ToBroker {
        case puback(UInt16)
        case publish(UInt16, Publication)
        case subscribe([String])
        case unsubscribe([String])
        case disconnect(keepsWill: Bool)
    }

    /// A publication of the agent's, as it reached the broker.
    struct Received {
        var connection: Int
        var publication: Publication
    }

    /// How packet identifiers are chosen: on and on as mosquitto does, or the lowest that is free.
    enum Numbering { case rising, lowestFree }

    var numbering = Numbering.rising
    var window = 20
    /// Topics of which this beginning is refused by access control.
    var refusedPrefix: String?
    var refusesSubscriptions = false
    /// Set while a client may connect.
    var isReachable = true

    private(set) var toClient: [ToClient] = []
    var wire: [ToBroker] = []
    private(set) var isConnected = false
    private(set) var connection = 0
    /// A new session of which the client never heard: it takes what it kept of the old one for
    /// true.
    private(set) var hasUntoldSession = false
    private(set) var hasSession = false
    private(set) var filters: [String: TopicFilter] = [:]
    private(set) var inFlight: [(packetID: UInt16, message: SimMessage)] = []
    private(set) var waiting: [SimMessage] = []
    private(set) var retained: [String: [UInt8]] = [:]
    private(set) var received: [Received] = []
    private(set) var refused: [Publication] = []
    /// What was acknowledged, in that order.
    private(set) var acknowledged: [SimMessage] = []
    private var lastPacketID: UInt16
    private let will: Publication
    /// As the last CONNECT has it.
    private var willDelay = Duration.zero
    /// When it is published unless the client is back before; nil while it is there or has taken
    /// leave.
    private var willDue: MonotonicTime?
    private let clock: SimClock

    init(will: Publication, lastPacketID: UInt16, clock: SimClock) {
        self.will = will
        self.lastPacketID = lastPacketID
        self.clock = clock
    }

    // MARK: Connections

    /// CONNECT without clean start: the session is taken up, or made.
    func open(willDelay: Duration) {
        publishWill()
        willDue = nil
        self.willDelay = willDelay
        connection += 1
        isConnected = true
        wire.removeAll()
        toClient = [.connack(isSessionPresent: hasSession)]
        hasSession = true
        for (packetID, message) in inFlight {
            toClient.append(.publish(message, packetID: packetID, isDuplicate: true))
        }
        pump()
    }

    /// The connection is no more.
    /// - Parameter arriving: packets of the wire that still reach the broker.
    func close(arriving count: Int) {
        guard isConnected else { return }
        read(count)
        guard isConnected else { return }
        drop()
        holdWill()
    }

    private func holdWill() {
        willDue = clock.monotonic() + willDelay
        publishWill()
    }

    /// Publishes the will where its time has come.
    func publishWill() {
        guard let due = willDue, clock.monotonic() >= due else { return }
        willDue = nil
        route(will)
    }

    private func drop() {
        isConnected = false
        if case .connack(isSessionPresent: false)? = toClient.first { hasUntoldSession = true }
        wire.removeAll()
        toClient.removeAll()
    }

    /// The broker starts anew; without persistence it knows nobody.
    func restart(keepingSession: Bool) {
        close(arriving: 0)
        // Whoever ends holds no will back.
        if willDue != nil { willDue = clock.monotonic() }
        publishWill()
        guard !keepingSession else { return }
        hasSession = false
        lastPacketID = 0
        filters.removeAll()
        inFlight.removeAll()
        waiting.removeAll()
        retained.removeAll()
    }

    func take(_ count: Int) -> [ToClient] {
        let taken = Array(toClient.prefix(count))
        toClient.removeFirst(taken.count)
        return taken
    }

    // MARK: What the client says

    /// Handles packets of the wire, in order.
    func read(_ count: Int) {
        for _ in 0..<count {
            guard isConnected, !wire.isEmpty else { return }
            handle(wire.removeFirst())
        }
    }

    private func handle(_ packet: ToBroker) {
        switch packet {
        case .puback(let packetID):
            guard let index = inFlight.firstIndex(where: { $0.packetID == packetID }) else {
                return
            }
            acknowledged.append(inFlight.remove(at: index).message)
            pump()
        case .publish(let packetID, let publication): take(publication, packetID)
        case .subscribe(let texts): subscribe(texts)
        case .unsubscribe(let texts): for text in texts { filters[text] = nil }
        case .disconnect(let keepsWill):
            drop()
            if keepsWill { holdWill() }
        }
    }

    private func take(_ publication: Publication, _ packetID: UInt16) {
        let isRefused = refusedPrefix.map { publication.topic.hasPrefix($0) } ?? false
        if packetID != 0 { toClient.append(.puback(packetID, reason: isRefused ? 0x87 : 0)) }
        guard !isRefused else { return refused.append(publication) }
        received.append(Received(connection: connection, publication: publication))
        route(publication)
    }

    private func subscribe(_ texts: [String]) {
        var codes: [UInt8] = []
        for text in texts {
            guard !refusesSubscriptions, let filter = try? TopicFilter(text) else {
                codes.append(0x87)
                continue
            }
            filters[text] = filter
            codes.append(1)
            for (topic, payload) in retained.sorted(by: { $0.key < $1.key })
            where filter.matches(topic) {
                enqueue(
                    SimMessage(topic: topic, payload: payload, qos: .atLeastOnce, retain: true))
            }
        }
        toClient.append(.suback(codes))
        pump()
    }

    // MARK: What the client is told

    private func route(_ publication: Publication) {
        publish(
            SimMessage(
                topic: publication.topic, payload: publication.payload, qos: publication.qos,
                retain: publication.retain))
    }

    /// Somebody publishes.
    func publish(_ message: SimMessage) {
        if message.retain {
            retained[message.topic] = message.payload.isEmpty ? nil : message.payload
        }
        guard hasSession, filters.values.contains(where: { $0.matches(message.topic) }) else {
            return
        }
        var message = message
        message.retain = false
        enqueue(message)
        pump()
    }

    private func enqueue(_ message: SimMessage) {
        guard message.qos == .atMostOnce else { return waiting.append(message) }
        guard isConnected else { return }
        toClient.append(.publish(message, packetID: 0, isDuplicate: false))
    }

    private func pump() {
        while isConnected, !waiting.isEmpty, inFlight.count < window {
            let message = waiting.removeFirst()
            let packetID = nextPacketID()
            inFlight.append((packetID, message))
            toClient.append(.publish(message, packetID: packetID, isDuplicate: false))
        }
    }

    private func nextPacketID() -> UInt16 {
        let used = Set(inFlight.map(\.packetID))
        var candidate: UInt16 = numbering == .rising ? lastPacketID : 0
        repeat {
            candidate = candidate == .max ? 1 : candidate + 1
        } while used.contains(candidate)
        lastPacketID = candidate
        return candidate
    }
}
