import Agent
import Core
import Logging
import Mind

/// What every handler has at hand.
struct APIServices: Sendable {
    let port: AgentPort
    let store: StorePool
    /// Of the rule sets of the store: read for the first request that asks whom events are about.
    let routes = KnownRoutes()
    let keys: KeyRing
    /// nil: no tokens are taken.
    let tokens: TokenVerifier?
    let access: AccessLog
    let authenticator: Authenticator
    let events: EventFeed
    let rules: RuleEditor
    let jobs: Jobs
    let settings: APISettings
    let connections: ConnectionTally
    let requests: RequestMetrics
    let clock: any TimeSource
    let log: Logger

    /// Nothing is read or started yet.
    /// - Parameter connections: that its listeners have open.
    init(
        _ settings: APISettings, port: AgentPort, connections: ConnectionTally,
        clock: any TimeSource, log: Logger
    ) {
        self.port = port
        self.settings = settings
        self.connections = connections
        requests = RequestMetrics(clock: clock)
        self.clock = clock
        self.log = log
        store = StorePool(path: settings.storePath)
        keys = KeyRing()
        tokens = settings.jwt.map { TokenVerifier($0, log: log) }
        access = AccessLog(port: port, clock: clock, log: log)
        authenticator = Authenticator(keys: keys, tokens: tokens, access: access, clock: clock)
        events = EventFeed(store: store, port: port, clock: clock)
        rules = RuleEditor(
            directory: settings.ruleDirectory, port: port, clock: clock, log: log)
        jobs = Jobs(store: settings.storePath, clock: clock, log: log)
    }
}
