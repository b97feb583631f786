import Core

/// The broker link's life, as a value: it decides, the loop performs the actions and reports back.
///
/// Call `handle(.tick, …)` when `deadline` has come; more often does no harm. Actions are to be
/// performed in order.
public struct LinkLife: Equatable, Sendable {
    public enum State: String, Sendable, CaseIterable {
        /// For the next attempt.
        case waiting
        case connecting
        case up
        /// Up, but about to stop: the outbox empties.
        case draining
        /// Not begun, or over; `start` begins anew.
        case stopped
    }

    public enum Input: Equatable, Sendable {
        case start
        /// Time passed.
        case tick
        case connected(isSessionPresent: Bool)
        case refused(Refusal)
        case lost(reason: String)
        /// We received a message that we published ourselves.
        case heard
        /// The rules ask for other topics than before.
        case routesChanged
        /// The broker answered the newest `subscribe`.
        case subscribed
        /// The operator changed something: the next attempt need not wait.
        case retry
        /// What the broker is shown is new, and what it was shown ends soon. Everything that was
        /// received is committed.
        case renew
        /// The attempt was not made: what the broker would be shown is good for nothing.
        case withheld(reason: String)
        /// The agent stops; `.drained` is expected within `Limits.drainTimeMax`.
        case stop
        /// The outbox is empty, or nobody waits for it any more.
        case drained
        /// The agent cannot commit: what is held must not be acknowledged by a later flush.
        case abandoned(reason: String)
    }

    public enum Action: Equatable, Sendable {
        case connect
        /// Close at once: acknowledgements that are held do not leave.
        case abandon
        /// Say DISCONNECT and close. `keepsWill`: the broker publishes the will where no connection
        /// follows.
        case disconnect(keepsWill: Bool)
        case subscribe(SubscribeReason)
        case report(Report)
    }

    public enum SubscribeReason: Equatable, Sendable {
        /// The broker does not know our session, and so not our filters.
        case noSession
        /// The routes changed, or never were confirmed by this broker.
        case routesChanged
        /// The link was deaf: the session may have lost its filters.
        case deaf
    }

    /// For the log, once each.
    public enum Report: Equatable, Sendable {
        case connected(isSessionPresent: Bool, attempt: Int)
        /// No connection came about, or it ended.
        case failed(reason: String, isAuthentication: Bool, retryIn: Duration)
        /// The link ends in order, to be made again with new credentials.
        case renewing
        case stopped(reason: String?)
    }

    /// For status, health and metrics.
    public struct Status: Equatable, Sendable {
        public var state: State = .stopped
        /// Attempts since the link was last up for `Limits.stableUpTimeMin`; the first is 1.
        public var attempt = 0
        /// Why there is no link, or why there was none before.
        public var lastReason: String?
        /// The broker does not accept who we are; only the operator can help.
        public var isRefused = false
        /// While connecting: there was a link, which ended to be made again at once.
        public var isRenewing = false
        /// When the state was entered.
        public var since = MonotonicTime(microseconds: 0)
        /// While waiting.
        public var nextAttemptAt: MonotonicTime?
    }

    public internal(set) var status = Status()
    /// How often our own echo is due; nil where none is expected.
    public let echoInterval: Duration?
    /// Attempts in a row that did not lead to a stable link.
    var failures = 0
    /// When our own echo was last heard, or the link came up.
    var heardAt = MonotonicTime(microseconds: 0)
    /// The broker may not have the filters we want.
    var staleSubscriptions: SubscribeReason? = .routesChanged

    /// - Parameter echoInterval: of the agent's own status messages, to which it subscribes itself;
    ///   the link counts as deaf after `Limits.deafIntervals` of these without one.
    public init(echoInterval: Duration?) {
        self.echoInterval = echoInterval
    }

    /// There is a link, or there was one and the next follows at once.
    public var isLinked: Bool { status.state == .up || status.isRenewing }

    /// When `.tick` is due; nil when only a signal can change anything.
    public var deadline: MonotonicTime? {
        switch status.state {
        case .waiting: status.nextAttemptAt
        case .connecting: status.since + Limits.connectTimeMax
        case .up: deafAt
        case .draining: status.since + Limits.drainTimeMax
        case .stopped: nil
        }
    }

    /// When the link counts as deaf unless our echo is heard before.
    var deafAt: MonotonicTime? {
        echoInterval.map { heardAt + $0 * Limits.deafIntervals }
    }
}
