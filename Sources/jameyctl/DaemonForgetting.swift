import Core

/// Has the agent forget everything about an entity by its API, waits until it has, and has it
/// search its files for the name.
struct DaemonForgetting {
    let daemon: DaemonClient
    let entity: String

    /// - Returns: what it has come to when it is done, or nothing more happens.
    func carryOut() throws(Ending) -> ForgetReport {
        let begun = try daemon.askPatiently(DaemonRequest(.delete, "/entities/\(entity)"))
        guard let event = begun.piece["event_seq"]?.int else { throw DaemonAnswer.foreign }
        let path: DaemonPath = "/forgettings/\(event)"
        _ = try EntityForgetting.wait(
            every: Limits.forgetAskInterval,
            until: { JSONPiece($0)["state"]?.string == "done" },
            look: { () throws(Ending) in
                try daemon.askPatiently(DaemonRequest(.get, path)).body
            })
        let answer = try daemon.askPatiently(
            DaemonRequest(.get, path, query: [("entity", entity)]))
        guard let report = ForgetReport(answer: try answer.json(), entity) else {
            throw DaemonAnswer.foreign
        }
        return report
    }
}
