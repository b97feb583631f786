import HTTPTypes

/// Every route of the API (docs/api.md): the router, the access to it, the OpenAPI document and
/// the tests go by this table.
public enum APIRoute: String, CaseIterable, Sendable {
    case root, live, ready, started, openAPI, dashboard, dashboardFile, metrics, status
    case evaluate
    case rules, rulesHistory, ruleFile, writeRuleFile, removeRuleFile, checkRules, rollBackRules
    case promoteRules, shadowRules, shadowReport, ruleSet, reload
    case decisions, decision, why, whyNot
    case memories, storeMemory, memory, forgetMemory, pinMemory, unpinMemory, memorySeries
    case linkMemory, unlinkMemory, memoryStats, episodes, episode
    case forgetMemories, forgetEntity, forgetting
    case devices, device
    case entityRecords
    case souls, soul, changeSoul, forgetSoul
    case alerts, acknowledgeAlert
    case startBacktest, backtests, backtest, endBacktest
    case startReplay, replays, replay, endReplay
    case startVerification, verifications, verification, endVerification
    case audit, auditHead, log
    case events
    case keys, createKey, rotateKey, revokeKey
}

extension APIRoute {
    /// The one method it answers; what answers GET answers HEAD too.
    public var method: HTTPRequest.Method {
        switch self {
        case .root, .live, .ready, .started, .openAPI, .dashboard, .dashboardFile, .metrics,
            .status, .rules, .rulesHistory, .ruleFile, .shadowRules, .shadowReport, .ruleSet,
            .decisions, .decision, .why, .whyNot, .memories, .memory, .memorySeries, .memoryStats,
            .episodes, .episode, .devices, .device, .souls, .soul, .alerts, .backtests, .backtest,
            .replays, .replay, .verifications, .verification, .audit, .auditHead, .log, .events,
            .keys,
            .forgetting, .entityRecords:
            .get
        case .evaluate, .checkRules, .rollBackRules, .promoteRules, .reload, .storeMemory,
            .acknowledgeAlert, .startBacktest, .startReplay, .startVerification, .createKey,
            .rotateKey:
            .post
        case .writeRuleFile, .pinMemory, .linkMemory, .changeSoul: .put
        case .removeRuleFile, .forgetMemory, .unpinMemory, .unlinkMemory, .forgetSoul, .endBacktest,
            .endReplay, .endVerification, .revokeKey,
            .forgetMemories, .forgetEntity:
            .delete
        }
    }

    /// Its path; `{name}` stands for one segment, percent-encoded.
    public var path: String {
        switch self {
        case .root: "/"
        case .live: "/livez"
        case .ready: "/readyz"
        case .started: "/startupz"
        case .openAPI: "/openapi.json"
        case .dashboard: "/dashboard"
        case .dashboardFile: "/dashboard/{file}"
        case .metrics: "/metrics"
        case .status: "/status"
        case .evaluate: "/evaluate"
        case .rules: "/rules"
        case .rulesHistory: "/rules/history"
        case .ruleFile, .writeRuleFile, .removeRuleFile: "/rules/files/{name}"
        case .checkRules: "/rules/check"
        case .rollBackRules: "/rules/rollback"
        case .promoteRules: "/rules/promote"
        case .shadowRules: "/rules/shadow"
        case .shadowReport: "/rules/shadow/report"
        case .ruleSet: "/rules/sets/{digest}"
        case .reload: "/reload"
        case .decisions: "/decisions"
        case .decision: "/decisions/{id}"
        case .why: "/decisions/{id}/why"
        case .whyNot: "/decisions/{id}/why-not/{rule}"
        case .memories, .storeMemory, .forgetMemories: "/memory"
        case .memory, .forgetMemory: "/memory/{id}"
        case .pinMemory, .unpinMemory: "/memory/{id}/pin"
        case .memorySeries: "/memory/series"
        case .linkMemory, .unlinkMemory: "/memory/{id}/links/{entity}"
        case .memoryStats: "/memory/stats"
        case .forgetEntity: "/entities/{entity}"
        case .forgetting: "/forgettings/{event}"
        case .episodes: "/episodes"
        case .episode: "/episodes/{id}"
        case .devices: "/devices"
        case .device: "/devices/{entity}"
        case .entityRecords: "/entities/{entity}/records"
        case .souls: "/soul"
        case .soul, .changeSoul, .forgetSoul: "/soul/{entity}"
        case .alerts: "/alerts"
        case .acknowledgeAlert: "/alerts/{rule}/{entity}/ack"
        case .startBacktest, .backtests: "/backtest"
        case .backtest, .endBacktest: "/backtest/{job}"
        case .startReplay, .replays: "/replay"
        case .replay, .endReplay: "/replay/{job}"
        case .startVerification, .verifications: "/audit/verify"
        case .verification, .endVerification: "/audit/verify/{job}"
        case .audit: "/audit"
        case .auditHead: "/audit/head"
        case .log: "/log"
        case .events: "/events"
        case .keys, .createKey: "/keys"
        case .rotateKey: "/keys/{id}/rotate"
        case .revokeKey: "/keys/{id}"
        }
    }

    /// What it takes in a request's body.
    public var body: RouteBody {
        switch self {
        case .evaluate, .checkRules, .rollBackRules, .promoteRules, .reload, .storeMemory,
            .changeSoul, .acknowledgeAlert, .startBacktest, .startReplay, .startVerification,
            .createKey, .rotateKey:
            .json
        case .writeRuleFile: .text
        case .root, .live, .ready, .started, .openAPI, .dashboard, .dashboardFile, .metrics,
            .status, .rules, .rulesHistory, .ruleFile, .removeRuleFile, .shadowRules,
            .shadowReport, .ruleSet, .decisions, .decision, .why, .whyNot, .memories, .memory,
            .forgetMemory, .pinMemory, .unpinMemory, .memorySeries, .linkMemory, .unlinkMemory,
            .memoryStats, .episodes, .episode, .devices, .device, .souls, .soul, .forgetSoul,
            .alerts, .backtests, .backtest, .endBacktest, .replays, .replay, .endReplay,
            .verifications, .verification, .endVerification, .audit, .auditHead, .log, .events,
            .keys, .revokeKey,
            .forgetMemories, .forgetEntity, .forgetting, .entityRecords:
            .none
        }
    }
}

/// What a route takes in a request's body.
public enum RouteBody: Sendable {
    /// Nothing; what comes is not read.
    case none
    /// A JSON object. An empty body is for the handler to judge.
    case json
    /// A text in UTF-8, as YAML.
    case text
}
