import Core
import Mind
import Store

/// What a person on this machine asks for: an event of the log, committed before it is answered.
extension Agent {
    /// - Parameters:
    ///   - request: as `ControlRequest` or `RulesRequest` is written.
    ///   - userID: the account that asks, as the kernel knows it.
    ///   - routes: of the rule sets of the store, for forgetting, which whoever asks has read on a
    ///     thread of their own: there can be hundreds. What is missing is read here, on the loop.
    /// - Returns: a `ControlAnswer` or `RulesAnswer`, or the error.
    public func control(
        _ request: [UInt8], by userID: UInt32? = nil, knowing routes: KnownRoutes? = nil
    ) -> [UInt8] {
        counters.controlRequests += 1
        if let routes { knownRoutes = routes }
        do throws(RequestError) {
            if let request = try RulesRequest(json: request) {
                return try carryOut(request, userID: userID).json
            }
            return try carryOut(try ControlRequest(json: request)).json
        } catch { return error.json }
    }

    private func carryOut(_ request: ControlRequest) throws(RequestError) -> ControlAnswer {
        try requireWorking()
        switch request {
        case .forgetEntity(let entity, let author): return try forget(entity, author: author)
        case .forgotten, .recalled:
            // So the log has them: whoever asks names the entity, and recalls are counted.
            throw RequestFields.fault("request", "cannot be asked for")
        case .store, .change, .soul: return try change(by: request)
        }
    }

    private func change(by request: ControlRequest) throws(RequestError) -> ControlAnswer {
        let memory = store.nextMemoryID
        let (outcome, committed) = try commitAlone(nextEvent(.control(request)))
        let changed = committed.changed.reduce(0, +) + committed.souls
        return ControlAnswer(
            changed: changed + outcome.memories.count,
            memory: outcome.memories.isEmpty ? nil : memory)
    }
}
