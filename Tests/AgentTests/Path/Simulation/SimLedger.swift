import Core
import Mind

@testable import Agent
@testable import Store

/// What must hold after every step, kept beside the agent and from the log alone.
struct SimLedger {
    /// Folds the log as the agent's mind should have.
    private var shadow: Mind
    /// Its checkpoint, as encoding takes time.
    private var shadowBytes: (sequence: EventSequence, bytes: [UInt8])
    private let root: String
    /// Without DUP flags, repetitions are promised to be known only where all is recorded.
    private let isOnceOnly: Bool
    /// Numbers of the messages that the log holds.
    private var logged: Set<Int> = []
    /// The highest of those at QoS 1, on each topic.
    private var newest: [String: Int] = [:]
    /// The last number that was given before the process started: what an earlier one has left out
    /// of the log is not known (decision 0009).
    var lastBeforeStart = 0
    /// How often messages without a number were recorded, and acknowledged.
    private var alike: [String: (logged: Int, acknowledged: Int)] = [:]
    /// What followed from the log, in its order: the row `id` of the outbox is `id - 1` here.
    private var publications: [Publication] = []
    private var decisions: [Decision] = []
    private var decisionsSeen = 0
    /// Minutes that were closed: row `n` is `n - 1` here.
    private var minutes: [RollUp] = []
    private var minutesSeen = 0
    /// Rows of the outbox as of the last step.
    private var rows: Set<OutboxID> = []
    private var outboxState: (next: OutboxID, depth: Int) = (0, 0)
    private var rowOf: [String: OutboxID] = [:]
    private var delivered: Set<String> = []
    private var receivedSeen = 0
    private var refusedSeen = 0
    private var acknowledgedSeen = 0
    private var lastOfConnection: (connection: Int, row: OutboxID) = (0, 0)
    private var wasFailing = false
    /// Since when the broker was seen without the agent, at the most.
    private var goneSince: (connection: Int, at: MonotonicTime)?
    /// What the password of this process said of itself, where it is a token.
    var token: TokenTimes?
    /// How often the broker forgot all that it knew.
    var forgotten = 0

    init(root: String, logID: String, isOnceOnly: Bool) {
        self.root = root
        self.isOnceOnly = isOnceOnly
        shadow = Mind(settings: Mind.Settings(root: root, logID: logID))
        shadowBytes = (0, shadow.checkpoint())
    }

    mutating func check(
        _ agent: Agent, _ broker: SimBroker, at now: Timestamp, isDiskBroken: Bool
    ) throws {
        try fold(agent.store)
        if shadowBytes.sequence != shadow.sequence {
            shadowBytes = (shadow.sequence, shadow.checkpoint())
        }
        guard agent.mind.checkpoint() == shadowBytes.bytes else {
            throw SimFailure(
                "the mind at \(agent.mind.sequence) is not the fold of the log at "
                    + "\(shadow.sequence)")
        }
        try checkDecisions(agent.store)
        try checkMinutes(agent.store)
        try checkDelivery(broker)
        try checkOutbox(agent)
        try checkAcknowledged(broker)
        try checkBounds(agent)
        try checkToken(agent, at: now)
        let isFailing = agent.storeState != .working
        if wasFailing, !isFailing, isDiskBroken {
            throw SimFailure("reading resumes although the disk is as broken as before")
        }
        wasFailing = isFailing
    }

    // MARK: The log

    private mutating func fold(_ store: StoreWriter) throws {
        let last = store.lastEvent?.sequence ?? 0
        guard last >= shadow.sequence else {
            throw SimFailure("the log lost events: \(shadow.sequence) were committed, \(last) are")
        }
        guard last > shadow.sequence else { return }
        var events: [Event] = []
        try store.forEachEvent(after: shadow.sequence) { events.append($0) }
        for event in events { try fold(event) }
    }

    private mutating func fold(_ event: Event) throws {
        let outcome: Outcome
        switch event.body {
        case .message(let message):
            if let number = SimMessage.number(in: message.payload) {
                guard logged.insert(number).inserted || !isOnceOnly else {
                    throw SimFailure("message \(number) was committed twice (\(event.sequence))")
                }
                try checkOrder(of: number, message)
            } else if message.qos != .atMostOnce {
                alike[Self.key(message.topic, message.payload), default: (0, 0)].logged += 1
            }
            outcome = shadow.perceive(event, isLogged: true)
        case .tick, .control: outcome = shadow.perceive(event, isLogged: true)
        case .ruleset(let digest):
            guard let ruleset = SimRules.known[digest] else {
                throw SimFailure("the log names rules that never were")
            }
            outcome = shadow.activate(ruleset, by: event)
        }
        decisions += outcome.decisions
        minutes += outcome.rollUps
        for publication in outcome.publications {
            publications.append(publication)
            let key = Self.key(publication)
            // What is said twice in the same words cannot be told apart.
            rowOf[key] = rowOf[key] == nil ? OutboxID(publications.count) : -1
        }
    }

    /// A broker gives QoS 1 messages in their order, and what it repeats too: one that is judged
    /// after a newer one has come twice.
    private mutating func checkOrder(of number: Int, _ message: Message) throws {
        guard message.qos != .atMostOnce, isOnceOnly else { return }
        let last = newest[message.topic] ?? 0
        guard number > last || number <= lastBeforeStart else {
            throw SimFailure("message \(number) on \(message.topic) was judged after \(last)")
        }
        newest[message.topic] = max(last, number)
    }

    private mutating func checkDecisions(_ store: StoreWriter) throws {
        guard decisionsSeen < decisions.count else { return }
        let first = decisions[decisionsSeen].eventSequence
        let row = try store.connection.prepare(
            "SELECT id, json FROM decision WHERE event_seq >= ? ORDER BY row")
        row.bind(first, at: 1)
        while try row.step() {
            guard decisionsSeen < decisions.count, row.text(0) == decisions[decisionsSeen].id,
                row.bytes(1) == decisions[decisionsSeen].json
            else { throw SimFailure("decision \(row.text(0)) is not that of the fold") }
            decisionsSeen += 1
        }
        guard decisionsSeen == decisions.count else {
            throw SimFailure("\(decisions.count - decisionsSeen) decisions are not stored")
        }
    }

    /// Live, after every restart and by replay, the same minutes are closed, once each.
    private mutating func checkMinutes(_ store: StoreWriter) throws {
        guard store.state.nextMinuteRow == minutes.count + 1 else {
            throw SimFailure(
                "\(store.state.nextMinuteRow - 1) minutes are stored, \(minutes.count) follow")
        }
        guard minutesSeen < minutes.count else { return }
        let row = try store.connection.prepare(
            "SELECT row, period, entity, fields FROM rollup_minute WHERE row > ? ORDER BY row")
        row.bind(Int64(minutesSeen), at: 1)
        while try row.step() {
            let minute = minutes[minutesSeen]
            guard row.integer(0) == minutesSeen + 1, row.integer(1) == minute.period,
                row.text(2) == minute.entity, RollUpCoding.decode(row.bytes(3)) == minute.fields
            else { throw SimFailure("minute \(row.integer(0)) is not that of the fold") }
            minutesSeen += 1
        }
        guard minutesSeen == minutes.count else {
            throw SimFailure("\(minutes.count - minutesSeen) minutes are not stored")
        }
    }

    // MARK: What leaves

    private mutating func checkDelivery(_ broker: SimBroker) throws {
        for received in broker.received[receivedSeen...] {
            let key = Self.key(received.publication)
            delivered.insert(key)
            guard let row = rowOf[key], row > 0 else { continue }
            let isNext =
                received.connection != lastOfConnection.connection || row > lastOfConnection.row
            guard isNext else {
                throw SimFailure("row \(row) was sent after row \(lastOfConnection.row)")
            }
            lastOfConnection = (received.connection, row)
        }
        receivedSeen = broker.received.count
        for publication in broker.refused[refusedSeen...] {
            delivered.insert(Self.key(publication))
        }
        refusedSeen = broker.refused.count
    }

    /// Nobody who reads `availability` alone believes for longer than the will's delay that an
    /// agent is there which is not: whatever ended the link, and whether one follows or not.
    mutating func checkAvailability(_ broker: SimBroker, at now: MonotonicTime) throws {
        guard !broker.isConnected else { return goneSince = nil }
        // It may have been there and gone again since the last look.
        guard let gone = goneSince, gone.connection == broker.connection else {
            return goneSince = (broker.connection, now)
        }
        guard now - gone.at >= Limits.tokenWillDelay else { return }
        guard broker.retained[root + "/availability"] != Array("online".utf8) else {
            throw SimFailure("the agent is gone, and its availability is retained as online")
        }
    }

    private mutating func checkOutbox(_ agent: Agent) throws {
        // Rows come and go with these two only.
        let state = (agent.store.state.nextOutboxID, agent.store.outboxDepth)
        guard state != outboxState || agent.outbox.depth != rows.count else { return }
        outboxState = state
        var now: Set<OutboxID> = []
        let newest = rows.max() ?? 0
        for row in try agent.store.outbox(after: 0, limit: 10_000) {
            now.insert(row.id)
            guard row.id > newest else { continue }
            guard row.id <= publications.count,
                row.publication == publications[Int(row.id) - 1]
            else { throw SimFailure("row \(row.id) of the outbox does not follow from the log") }
        }
        for gone in rows.subtracting(now) where publications[Int(gone) - 1].qos != .atMostOnce {
            guard delivered.contains(Self.key(publications[Int(gone) - 1])) else {
                throw SimFailure("row \(gone) left the outbox and never reached the broker")
            }
        }
        guard agent.store.outboxDepth == now.count, agent.outbox.depth == now.count else {
            throw SimFailure(
                "the outbox holds \(now.count) rows, the store says \(agent.store.outboxDepth), "
                    + "the agent \(agent.outbox.depth)")
        }
        rows = now
    }

    private mutating func checkAcknowledged(_ broker: SimBroker) throws {
        for message in broker.acknowledged[acknowledgedSeen...] where message.isAlwaysRecorded {
            guard let number = message.number else {
                try countAlike(message, broker)
                continue
            }
            guard logged.contains(number) else {
                throw SimFailure("message \(number) was acknowledged and is not in the log")
            }
        }
        acknowledgedSeen = broker.acknowledged.count
    }

    /// Of messages that are all alike, as many are in the log as were acknowledged. A broker that
    /// gives an identifier again makes a new one look like the one before it (decision 0002).
    private mutating func countAlike(_ message: SimMessage, _ broker: SimBroker) throws {
        guard !message.isOversized else { return }
        let key = Self.key(message.topic, message.payload)
        alike[key, default: (0, 0)].acknowledged += 1
        guard broker.numbering == .rising, !broker.hasUntoldSession else { return }
        guard let count = alike[key], count.acknowledged <= count.logged else {
            throw SimFailure("one like \(message) was acknowledged and is not in the log")
        }
    }

    /// A token that is good gives way to one that is good by itself, and to none other.
    private mutating func checkToken(_ agent: Agent, at now: Timestamp) throws {
        let next = agent.token.times
        defer { token = next }
        guard let before = token, let next, next != before else { return }
        let state = before.state(at: now, since: now)
        guard state == .good || state == .expiring else { return }
        guard now < next.expiry, next.hasBegun(at: now) else {
            throw SimFailure("a token that is good gave way to one that is not")
        }
    }

    private func checkBounds(_ agent: Agent) throws {
        let bounds = agent.settings.bounds
        // One transaction may exceed a bound by what follows from its burst.
        let isWithin =
            agent.outbox.inFlightCount <= bounds.inFlight
            && agent.burst.messages.count <= Limits.burstCountMax
            && agent.mind.entityCount <= Limits.entitiesMax && agent.batch.isEmpty
        guard isWithin else { throw SimFailure("a bound is exceeded") }
    }

    // MARK: The end

    /// Without faults everything arrived, and what is retained is true.
    func checkEnd(_ agent: Agent, _ broker: SimBroker) throws {
        for (index, publication) in publications.enumerated() where publication.qos > .atMostOnce {
            guard delivered.contains(Self.key(publication)) else {
                throw SimFailure("row \(index + 1) on \(publication.topic) was never delivered")
            }
        }
        guard status(broker).contains(#""status":"online""#),
            broker.retained[root + "/availability"] == Array("online".utf8)
        else { throw SimFailure("what is retained is not true: \(status(broker))") }
        for filter in agent.subscribed.filters where broker.filters[filter.text] == nil {
            throw SimFailure("the agent is not subscribed to \(filter.text)")
        }
        guard forgotten == 0 else { return }
        var alerts: [String: [UInt8]] = [:]
        for publication in publications where publication.retain {
            alerts[publication.topic] = publication.payload
        }
        for (topic, payload) in alerts {
            guard broker.retained[topic] ?? [] == payload else {
                throw SimFailure("the alert retained on \(topic) is not the last")
            }
        }
    }

    func status(_ broker: SimBroker) -> String {
        String(decoding: broker.retained[root + "/status"] ?? [], as: UTF8.self)
    }

    private static func key(_ publication: Publication) -> String {
        key(publication.topic, publication.payload)
    }

    private static func key(_ topic: String, _ payload: [UInt8]) -> String {
        topic + "\u{0}" + String(decoding: payload, as: UTF8.self)
    }
}
