import Broker
import Core
import Logging
import Mind
import Store

/// The agent itself: one loop that owns the link to the broker, the writing connection and the
/// mind.
///
/// Everything happens in `turn`, on the caller's thread; between turns the caller waits for the
/// socket, a signal or `deadline`. Nothing on a message's path locks, awaits or calls out.
public final class Agent {
    let settings: AgentSettings
    let link: any BrokerLink
    let store: StoreWriter
    let rules: any RuleSource
    /// The files of the rules in shadow; nil where there is no such directory.
    let shadowRules: (any RuleSource)?
    let time: any TimeSource
    let checkpointing: any Checkpointing
    let recalling: any Recalling
    /// Answers requests to the API; nil where there is none to ask by MQTT.
    let requesting: (any Requesting)?
    /// Where the password for the broker is read again; nil where there is none, or it never
    /// changes.
    let passwords: (any PasswordSource)?
    let log: Logger
    var generator: any RandomNumberGenerator

    var mind: Mind
    var life: LinkLife
    var clock: LogClock
    var outbox: Outbox
    var redelivery = RedeliveryFilter()
    var proof = AcknowledgementProof()
    var leftOut = LeftOut()
    var subscribed: SubscriptionSet
    /// Filters of earlier rules that the broker may still hold.
    var unwanted: [String] = []
    /// SUBSCRIBEs of this connection that the broker has not answered yet.
    var unansweredSubscribes = 0
    var vitals: Vitals
    var schedule: Schedule
    var usage: ProcessUsage
    var shutdown = Shutdown.running
    var storeState = StoreState.working
    var burst = Burst()
    var batch = Batch()
    var recalls = RecallDesk()
    var requests = AnswerDesk(waitingMax: Limits.mqttRequestsMax)
    /// Bytes of the store beyond `max_bytes` that nothing is left to give way for.
    var storeExcess: Int64 = 0
    /// The entity that is being forgotten.
    var forgetting: ForgettingWork?
    /// By which that is found.
    var knownRoutes = KnownRoutes()
    /// Rules that are in force although the directory has others.
    var hold: RuleHold?
    /// What the password says of itself where it is a token.
    var token: TokenDesk
    /// Rules that are tried beside those in force.
    var shadow = ShadowDesk()
    /// To be told on `memory/updates` once the batch is committed.
    var updates: [Publication] = []
    /// What the broker is shown from the next connection on.
    public internal(set) var credentials: BrokerCredentials
    /// Signs the head of the audit chain.
    var auditKey: AuditSigningKey?
    /// The same as it was linked last; nil before it was in this run.
    var linkedCredentials: BrokerCredentials?
    public internal(set) var counters = Counters()
    /// What has become of the HTTP API, told by whoever started it.
    public var apiStatus = APIStatus.disabled {
        didSet { if apiStatus != oldValue { send(health(at: time.monotonic())) } }
    }
    /// What is wrong with it while it answers, as health tells it; nil: nothing.
    public var apiFault: String? {
        didSet { if apiFault != oldValue { send(health(at: time.monotonic())) } }
    }
    /// Called where crash tests end the process; nil costs nothing.
    public var failpoint: ((AgentFailpoint) -> Void)?

    /// Whether bursts can be made durable.
    enum StoreState: Equatable {
        case working
        /// Nothing is read until a commit succeeds; the next attempt is due at `retryAt`.
        case failing(reason: String, retryAt: MonotonicTime)
    }

    /// Recovers the mind from the store, and lets the rule files take effect where they are new.
    ///
    /// - Throws: `.store`, `.rules`: the agent cannot start; say so and exit.
    public init(
        settings: AgentSettings, link: any BrokerLink, store: StoreWriter, rules: any RuleSource,
        shadowRules: (any RuleSource)? = nil, time: any TimeSource = SystemTime(),
        checkpointing: any Checkpointing,
        recalling: any Recalling, requesting: (any Requesting)? = nil,
        passwords: (any PasswordSource)? = nil, log: Logger,
        generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
    ) throws(StartError) {
        self.settings = settings
        credentials = settings.credentials
        auditKey = settings.auditKey
        self.link = link
        self.store = store
        self.rules = rules
        self.shadowRules = shadowRules
        self.time = time
        self.checkpointing = checkpointing
        self.recalling = recalling
        self.requesting = requesting
        self.passwords = passwords
        self.log = log
        self.generator = generator
        let start = time.monotonic()
        mind = try Recovery.start(store, rules, root: settings.root)
        try Recovery.align(store, with: mind)
        clock = LogClock(last: store.lastEvent?.at ?? .earliest)
        outbox = Outbox(depth: store.outboxDepth, bounds: settings.bounds)
        life = LinkLife(echoInterval: settings.statusInterval)
        token = TokenDesk(settings.credentials.password, at: time.now())
        vitals = Vitals(settings, at: time.now(), start)
        usage = ProcessUsage(at: start)
        schedule = Schedule(start: start, interval: settings.statusInterval)
        subscribed = SubscriptionSet(
            root: settings.root, filters: mind.filters,
            requests: requesting == nil ? [] : settings.requestTopics)
        try renewForgottenTopics()
        prepareForgetting()
        rememberRoot()
        if !store.canShrink {
            log.warning("the store gives no space back: it was made without auto_vacuum")
        }
        try startRules()
        linkConfiguration()
        linkCredentials()
        if token.times != nil { schedule.lookAtToken(from: start) }
        handle(.start, at: start)
    }

    /// One turn of the loop, in the order of a message's path.
    public func turn() {
        let now = time.monotonic()
        tend(at: now)
        guard !isStopped else { return }
        receive(at: now)
        perceive(at: now)
        guard commit(at: now) else { return }
        acknowledge()
        publish(at: now)
        keepHouse(at: now)
    }

    /// The broker closed the connection while nothing is read from it.
    public func socketGone() {
        handle(.abandoned(reason: "the broker closed the connection"), at: time.monotonic())
    }

    /// Nothing is left to do: the link and the store are closed.
    public var isStopped: Bool { shutdown == .over }

    /// When the next turn is due although nothing came in.
    public var deadline: MonotonicTime {
        var next = schedule.next
        if let due = life.deadline { next = min(next, due) }
        if let due = vitals.correctionDue, life.status.state == .up { next = min(next, due) }
        if let due = shutdown.deadline { next = min(next, due) }
        if let due = token.waitsUntil, mayRenew, life.status.state == .up { next = min(next, due) }
        if case .failing(_, let retryAt) = storeState { next = min(next, retryAt) }
        if storeState == .working, let due = shadow.nextTimer {
            next = min(next, monotonicTime(of: due))
        }
        if let due = mind.nextTimer { next = min(next, monotonicTime(of: due)) }
        if let forgetting, storeState == .working { next = min(next, forgetting.due) }
        if !outbox.confirmed.isEmpty { next = min(next, schedule.removalDue) }
        return next
    }

    /// What to poll; nil while there is no socket.
    public var socket: Int32? { link.socket }
    public var wantsRead: Bool { !isReadingStopped || life.status.state == .connecting }
    public var wantsWrite: Bool { link.wantsWrite }
    /// What to poll for reading beside it: answers to queries are there. nil where none is needed.
    public var recallDescriptor: Int32? { recalling.descriptor }
    /// The same of answers to requests.
    public var requestDescriptor: Int32? { requesting?.descriptor }
    /// Something waits that polling would miss: take a turn at once.
    public var hasBufferedInput: Bool { wantsRead && link.hasBufferedInput }

    /// Messages stay with the broker while they could not be made durable.
    var isReadingStopped: Bool { storeState != .working }

    private func monotonicTime(of due: Timestamp) -> MonotonicTime {
        time.monotonic() + max(.zero, due - max(clock.last, time.now()))
    }
}
