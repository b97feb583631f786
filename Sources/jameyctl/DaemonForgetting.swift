import Core

/// Has the agent forget everything about an entity by its API, waits until it has, and has it
/// search its files for the name.
struct DaemonForgetting {
    let daemon: DaemonClient
    let entity: String

    /// The search needs longer than the daemon takes for it.
    private static let tooLong = "TAKES_TOO_LONG"

    /// - Returns: what it has come to when it is done, or nothing more happens.
    func carryOut() throws(Ending) -> ForgetReport {
        let begun = try daemon.askPatiently(DaemonRequest(.delete, "/entities/\(entity)"))
        guard let event = begun.piece["event_seq"]?.int else { throw DaemonAnswer.foreign }
        let path: DaemonPath = "/forgettings/\(event)"
        let seen = try EntityForgetting.wait(
            every: Limits.forgetAskInterval,
            until: { JSONPiece($0)["state"]?.string == "done" },
            look: { () throws(Ending) in
                try daemon.askPatiently(DaemonRequest(.get, path)).body
            })
        let answer = try daemon.askPatiently(
            DaemonRequest(.get, path, query: [("entity", entity)]), or: Self.tooLong)
        // What was done is told all the same: it is not asked for again.
        let told = answer.isGood ? answer : DaemonAnswer(status: 200, body: seen)
        let report = ForgetReport(
            answer: try told.json(), entity, isSearched: answer.isGood)
        guard let report else { throw DaemonAnswer.foreign }
        return report
    }
}
