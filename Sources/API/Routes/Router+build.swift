import Hummingbird

extension Router where Context == APIContext {
    /// The whole API: every route of the table behind the chain of middlewares. Needs no network.
    static func api(_ services: APIServices) -> Router<APIContext> {
        let settings = services.settings
        let router = Router<APIContext>(context: APIContext.self)
        router.add(middleware: services.requests)
        // Outside of what makes answers of errors, so that errors have these headers too.
        router.add(middleware: SecurityHeaders(isEncrypted: settings.tls != nil))
        router.add(middleware: CORS(origins: settings.corsOrigins))
        router.add(middleware: ErrorShape(isDebug: settings.isDebug, clock: services.clock))
        router.add(
            middleware: RateLimitMiddleware(
                rate: settings.rate, services.authenticator, access: services.access,
                clock: services.clock))
        router.add(
            middleware: HostCheck(
                names: settings.hosts, isEncrypted: settings.tls != nil,
                access: services.access))
        router.add(middleware: CORSPreflight(origins: settings.corsOrigins))
        router.add(
            middleware: AuthenticationMiddleware(
                services.authenticator, settings: settings, access: services.access,
                clock: services.clock))
        let bodies = BodyLimit()
        for route in APIRoute.allCases {
            let endpoint = Endpoint(
                route: route, services: services, bodies: bodies, handler: route.handler)
            router.on(RouterPath(route.path), method: route.method, responder: endpoint)
            if route.method == .get {
                router.on(RouterPath(route.path), method: .head, responder: endpoint)
            }
        }
        return router
    }
}

extension APIRoute {
    /// What answers it.
    fileprivate var handler: Endpoint.Handler {
        switch self {
        case .root: StatusHandlers.root
        case .live: StatusHandlers.live
        case .ready: StatusHandlers.ready
        case .started: StatusHandlers.started
        case .openAPI: StatusHandlers.openAPI
        case .dashboard: StatusHandlers.dashboard
        case .dashboardFile: StatusHandlers.dashboardFile
        case .metrics: StatusHandlers.metrics
        case .status: StatusHandlers.status
        case .evaluate: EvaluateHandlers.evaluate
        case .rules: RuleHandlers.rules
        case .rulesHistory: RuleHandlers.rulesHistory
        case .ruleFile: RuleHandlers.ruleFile
        case .writeRuleFile: RuleHandlers.writeRuleFile
        case .removeRuleFile: RuleHandlers.removeRuleFile
        case .checkRules: RuleHandlers.checkRules
        case .rollBackRules: RuleHandlers.rollBackRules
        case .promoteRules: RuleHandlers.promoteRules
        case .shadowRules: RuleHandlers.shadowRules
        case .shadowReport: RuleHandlers.shadowReport
        case .ruleSet: RuleHandlers.ruleSet
        case .reload: RuleHandlers.reload
        case .decisions: DecisionHandlers.decisions
        case .decision: DecisionHandlers.decision
        case .why: DecisionHandlers.why
        case .whyNot: DecisionHandlers.whyNot
        case .memories: MemoryHandlers.memories
        case .storeMemory: MemoryHandlers.storeMemory
        case .memory: MemoryHandlers.memory
        case .forgetMemory: MemoryHandlers.forgetMemory
        case .pinMemory: MemoryHandlers.pinMemory
        case .unpinMemory: MemoryHandlers.unpinMemory
        case .memorySeries: MemoryHandlers.memorySeries
        case .linkMemory: MemoryHandlers.linkMemory
        case .unlinkMemory: MemoryHandlers.unlinkMemory
        case .memoryStats: MemoryHandlers.memoryStats
        case .forgetMemories: MemoryHandlers.forgetMemories
        case .forgetEntity: ForgettingHandlers.forgetEntity
        case .forgetting: ForgettingHandlers.forgetting
        case .episodes: EpisodeHandlers.episodes
        case .episode: EpisodeHandlers.episode
        case .devices: DeviceHandlers.devices
        case .device: DeviceHandlers.device
        case .entityRecords: EntityRecordHandlers.records
        case .souls: SoulHandlers.souls
        case .soul: SoulHandlers.soul
        case .changeSoul: SoulHandlers.changeSoul
        case .forgetSoul: SoulHandlers.forgetSoul
        case .alerts: AlertHandlers.alerts
        case .acknowledgeAlert: AlertHandlers.acknowledgeAlert
        case .startBacktest: JobHandlers.startBacktest
        case .backtests: JobHandlers.list(.backtest)
        case .backtest: JobHandlers.one(.backtest)
        case .endBacktest: JobHandlers.end(.backtest)
        case .startReplay: JobHandlers.startReplay
        case .replays: JobHandlers.list(.replay)
        case .replay: JobHandlers.one(.replay)
        case .endReplay: JobHandlers.end(.replay)
        case .startVerification: JobHandlers.startVerification
        case .verifications: JobHandlers.list(.verification)
        case .verification: JobHandlers.one(.verification)
        case .endVerification: JobHandlers.end(.verification)
        case .audit: AuditHandlers.audit
        case .auditHead: AuditHandlers.auditHead
        case .log: LogHandlers.log
        case .events: EventHandlers.events
        case .keys: KeyHandlers.keys
        case .createKey: KeyHandlers.createKey
        case .rotateKey: KeyHandlers.rotateKey
        case .revokeKey: KeyHandlers.revokeKey
        }
    }
}
