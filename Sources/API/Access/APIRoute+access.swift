import HTTPTypes
import Hummingbird

extension APIRoute {
    private struct Place: Hashable {
        var method: HTTPRequest.Method
        var path: String
    }

    private static let places = Dictionary(
        uniqueKeysWithValues: allCases.map { (Place(method: $0.method, path: $0.path), $0) })

    /// What a request is about.
    ///
    /// - Parameter path: the pattern that the router has found; nil where it found none.
    init?(of request: Request, at path: String?) {
        let method = request.method == .head ? .get : request.method
        guard let path, let route = Self.places[Place(method: method, path: path)] else {
            return nil
        }
        self = route
    }

    /// As the audit chain names it: `PUT /soul/{entity}`.
    var pattern: String { "\(method.rawValue) \(path)" }

    /// Whether somebody is answered otherwise than anybody, or noted as having been there.
    var dependsOnWhoAsks: Bool {
        switch self {
        case .root, .openAPI, .dashboard, .dashboardFile: false
        case _: true
        }
    }

    /// Whether a request that was carried out has changed something that its handler has not noted.
    func isNotedAsChange(_ request: Request) -> Bool {
        switch self {
        case .writeRuleFile, .removeRuleFile, .rollBackRules, .promoteRules, .reload,
            .startBacktest, .endBacktest, .startReplay, .endReplay, .startVerification,
            .endVerification, .createKey, .rotateKey, .revokeKey:
            true
        case .evaluate: !request.isDryRun
        // Their handlers note it as soon as the agent has done it.
        case .storeMemory, .forgetMemory, .pinMemory, .unpinMemory, .linkMemory, .unlinkMemory,
            .changeSoul, .forgetSoul, .acknowledgeAlert, .forgetMemories, .forgetEntity:
            false
        case .root, .live, .ready, .started, .openAPI, .dashboard, .dashboardFile, .metrics,
            .status, .rules, .rulesHistory, .ruleFile, .checkRules, .shadowRules, .shadowReport,
            .ruleSet, .decisions, .decision, .why, .whyNot, .memories, .memory, .memorySeries,
            .memoryStats, .episodes, .episode, .devices, .device, .souls, .soul, .alerts,
            .backtests, .backtest, .replays, .replay, .verifications, .verification, .audit,
            .auditHead, .log, .events, .keys,
            .forgetting, .entityRecords:
            false
        }
    }
}
