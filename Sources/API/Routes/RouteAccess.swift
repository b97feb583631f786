import Core
import Hummingbird

/// Who may use a route.
public enum RouteAccess: Equatable, Sendable {
    case anyone
    /// Whoever has this role or a higher one.
    case role(Role)
}

extension APIRoute {
    /// Who may use it, where nothing else is configured and nothing special is asked for.
    public var access: RouteAccess {
        switch self {
        case .root, .live, .ready, .started, .openAPI, .dashboard, .dashboardFile: .anyone
        case .metrics, .status, .rules, .rulesHistory, .ruleFile, .shadowRules, .shadowReport,
            .ruleSet, .decisions, .decision, .why, .whyNot, .memories, .memory, .memorySeries,
            .memoryStats, .episodes, .episode, .devices, .device, .souls, .soul, .alerts,
            .backtests, .backtest, .replays, .replay, .auditHead, .log, .events:
            .role(.viewer)
        case .evaluate, .checkRules, .storeMemory, .pinMemory, .unpinMemory, .linkMemory,
            .unlinkMemory, .changeSoul, .acknowledgeAlert, .startBacktest, .endBacktest,
            .startReplay, .endReplay:
            .role(.operator)
        case .writeRuleFile, .removeRuleFile, .rollBackRules, .promoteRules, .reload,
            .forgetMemory, .forgetSoul, .startVerification, .verifications, .verification,
            .endVerification, .audit, .keys, .createKey, .rotateKey, .revokeKey,
            .forgetMemories, .forgetEntity, .forgetting, .entityRecords:
            .role(.admin)
        }
    }

    /// Who may ask for exactly this.
    func access(to request: Request, _ settings: APISettings) -> RouteAccess {
        if self == .metrics, settings.isMetricsOpen { return .anyone }
        // It keeps nothing and acts on nothing.
        if self == .evaluate, request.isDryRun { return .role(.viewer) }
        return access
    }

    /// Bytes that the body of a request may have.
    func bodyBytesMax(of request: Request) -> Int {
        // Every rule is asked about a larger one, and a viewer may ask for this.
        self == .evaluate && request.isDryRun
            ? Limits.indexedPayloadBytesMax : Limits.apiBodyBytesMax
    }
}

extension Request {
    /// Whether `?dry_run=true` is asked for.
    ///
    /// Read as the handler reads it: what that refuses is none.
    var isDryRun: Bool {
        let query = try? QueryParameters(self, knowing: ["dry_run"])
        return (try? query?.text("dry_run")) == "true"
    }
}
