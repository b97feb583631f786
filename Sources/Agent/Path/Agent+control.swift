import Core
import Store

/// What a person on this machine asks for: an event of the log, committed before it is answered.
extension Agent {
    /// - Parameters:
    ///   - request: as `ControlRequest` or `RulesRequest` is written.
    ///   - userID: the account that asks, as the kernel knows it.
    /// - Returns: a `ControlAnswer` or `RulesAnswer`, or the error.
    public func control(_ request: [UInt8], by userID: UInt32? = nil) -> [UInt8] {
        counters.controlRequests += 1
        do throws(RequestError) {
            if let request = try RulesRequest(json: request) {
                return try carryOut(request, userID: userID).json
            }
            return try carryOut(try ControlRequest(json: request)).json
        } catch { return error.json }
    }

    private func carryOut(_ request: ControlRequest) throws(RequestError) -> ControlAnswer {
        guard storeState == .working, batch.isEmpty, shutdown == .running else {
            throw RequestError(
                code: "UNAVAILABLE",
                message: "the store takes nothing at this moment; try again later")
        }
        switch request {
        case .forgetEntity(let entity, let author): return try forget(entity, author: author)
        case .forgotten, .recalled:
            // So the log has them: whoever asks names the entity, and recalls are counted.
            throw RequestFields.fault("request", "cannot be asked for")
        case .store, .change, .soul: return try change(by: request)
        }
    }

    private func change(by request: ControlRequest) throws(RequestError) -> ControlAnswer {
        let at = clock.at(wall: time.now(), monotonic: time.monotonic())
        let event = Event(sequence: mind.sequence + 1, at: at, body: .control(request))
        let earlier = mind
        let outcome = mind.perceive(event)
        var answer = ControlAnswer(changed: 0)
        if !outcome.memories.isEmpty { answer.memory = store.nextMemoryID }
        _ = number(outcome, behind: Batch())
        do throws(CommitError) {
            let requested = Batch(event, outcome)
            let started = time.monotonic()
            let committed = try store.commit(requested, synced: true)
            let ended = time.monotonic()
            counters.committed(requested, isSynced: true, took: ended - started)
            vitals.committed(at: ended)
            answer.changed =
                committed.changed.reduce(0, +) + outcome.memories.count + committed.souls
        } catch {
            mind = earlier
            updates.removeAll()
            throw RequestError(code: "NOT_STORED", message: "nothing was changed: \(error)")
        }
        followInShadow(event)
        tellUpdates()
        link.flush()
        return answer
    }
}
