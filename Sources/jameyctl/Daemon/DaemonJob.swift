import Core

/// Long work that the daemon does in the background, and how far it is meanwhile.
struct DaemonJob {
    /// The names of a kind are those of the API.
    enum Kind {
        case backtest, replay, verification

        /// What it is called.
        var name: String {
            switch self {
            case .backtest: "backtest"
            case .replay: "replay"
            case .verification: "verification"
            }
        }

        /// What its progress counts, and what a person reads.
        var unit: (member: String, text: String) {
            switch self {
            case .backtest, .replay: ("events", "events")
            case .verification: ("links", "steps")
            }
        }

        /// Where such jobs are.
        fileprivate var path: DaemonPath {
            switch self {
            case .backtest: "/backtest"
            case .replay: "/replay"
            case .verification: "/audit/verify"
            }
        }

        fileprivate func path(of id: String) -> DaemonPath {
            switch self {
            case .backtest: "/backtest/\(id)"
            case .replay: "/replay/\(id)"
            case .verification: "/audit/verify/\(id)"
            }
        }
    }

    let daemon: DaemonClient
    let kind: Kind
    /// What it is asked to do.
    let body: [UInt8]
    /// What to tell where there is no such thing as it is asked about.
    var missing: Ending?

    /// Has it done, and waits for its end; a signal ends it there, too, also the end of the session
    /// that it was started in: there is one place for a job.
    /// - Returns: the report.
    func carryOut() throws(Ending) -> [UInt8] {
        Interruption.watch(withHangUp: true)
        let id: String
        do throws(Ending) { id = try begin() } catch {
            throw Interruption.hasCome ? Interruption.ending : error
        }
        let outcome: Result<[UInt8], Ending>
        do throws(Ending) { outcome = try wait(for: id) } catch {
            // Nobody waits for it any longer.
            if !end(id) {
                StandardError.write(
                    "jameyctl: \(kind.name) \(id) may go on there, in the one place for a job: "
                        + "DELETE \(kind.path(of: id).text) ends it")
            }
            throw Interruption.hasCome ? Interruption.ending : error
        }
        // It is told once: the daemon need not keep it.
        _ = end(id)
        return try outcome.get()
    }

    /// - Returns: its number.
    private func begin() throws(Ending) -> String {
        var order = DaemonRequest(.post, kind.path, body: body)
        // It answers at once; without its number nobody could end what it has begun.
        order.outlastsSignals = true
        let begun = try daemon.answerPatiently(to: order)
        if let missing, begun.lacksThing { throw missing }
        guard begun.isGood else {
            var ending = daemon.ending(begun, to: order)
            // Another job runs, and ends: what was asked for is right.
            if begun.status == 409, begun.piece["code"]?.string == "CONFLICT" {
                ending.code = Exit.tryAgain
            }
            throw ending
        }
        guard let id = begun.piece["id"]?.string else { throw DaemonAnswer.foreign }
        return id
    }

    /// - Returns: whether it is ended, or gone already.
    private func end(_ id: String) -> Bool {
        var request = DaemonRequest(.delete, kind.path(of: id))
        request.outlastsSignals = true
        request.patience = Limits.daemonKnockTimeMax
        guard let answer = try? daemon.answer(to: request) else { return false }
        return answer.isGood || answer.lacksThing
    }

    /// - Returns: what it has come to.
    /// - Throws: why nobody waits for it any longer.
    private func wait(for id: String) throws(Ending) -> Result<[UInt8], Ending> {
        var bar: ProgressBar?
        defer { bar?.clear() }
        let output = LineOutput()
        var patience = JobPatience()
        while true {
            guard let job = try look(at: id, &patience) else {
                guard output.wait(patience.pause) else { throw Interruption.ending }
                continue
            }
            switch job["state"]?.string {
            case "running":
                patience.hasSeen()
                let done = job["progress"]?[kind.unit.member]?.int ?? 0
                let total = job["progress"]?["of"]?.int ?? 0
                if bar == nil, total > 0 { bar = ProgressBar(total: total, unit: kind.unit.text) }
                bar?.show(done)
            case "done":
                guard let report = job["report"] else { return .failure(DaemonAnswer.foreign) }
                return .success(report.line)
            case "failed": return .failure(failure(job["error"]))
            case "ended":
                return .failure(
                    .failure(Exit.tryAgain, "somebody has ended the \(kind.name)"))
            case _: throw DaemonAnswer.foreign
            }
            guard output.wait(patience.pause) else { throw Interruption.ending }
        }
    }

    /// - Returns: nil where it was not seen, and may be the next time.
    private func look(
        at id: String, _ patience: inout JobPatience
    ) throws(Ending) -> JSONPiece? {
        var request = DaemonRequest(.get, kind.path(of: id))
        request.answerBytesMax = Limits.jobReportBytesKept
        do throws(Ending) {
            let answer = try daemon.answerPatiently(to: request)
            if answer.lacksThing { throw gone }
            guard answer.isGood else { throw daemon.ending(answer, to: request) }
            return answer.piece
        } catch {
            guard patience.hasMissed(error, at: SystemTime().monotonic()) else { throw error }
            return nil
        }
    }

    /// Whoever waits for it does so in vain.
    private var gone: Ending {
        var ending = Ending.failure(
            Exit.tryAgain, "the agent knows of no such \(kind.name) any more; try again")
        ending.isLasting = true
        return ending
    }

    private func failure(_ error: JSONPiece?) -> Ending {
        let name = error?["code"]?.string ?? ""
        let message = error?["error"]?.string ?? "the \(kind.name) has failed"
        let code =
            switch name {
            case "TRY_AGAIN", "ENDED": Exit.tryAgain
            case "STORE_UNREADABLE": Exit.io
            case _: Exit.data
            }
        return .failure(code, message.printable)
    }
}
