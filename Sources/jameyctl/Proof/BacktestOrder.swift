import Core
import Mind

/// A backtest that the daemon carries out, and how far it is meanwhile.
struct BacktestOrder {
    let daemon: DaemonClient
    let rules: RuleSet
    let selection: EventSelection

    /// Has it done, and waits for its end; a signal ends it there, too.
    /// - Returns: the report.
    func carryOut() throws(Ending) -> [UInt8] {
        Interruption.watch()
        var order = DaemonRequest(.post, "/backtest", body: body)
        // It answers at once; without its number nobody could end what it has begun.
        order.outlastsSignals = true
        let begun: DaemonAnswer
        do throws(Ending) { begun = try daemon.ask(order) } catch {
            throw Interruption.hasCome ? Interruption.ending : error
        }
        guard let id = begun.piece["id"]?.string else { throw DaemonAnswer.foreign }
        let report: [UInt8]
        do throws(Ending) { report = try wait(for: id) } catch {
            // Nobody waits for it any longer; where it is gone already there is nothing to end.
            end(id)
            throw Interruption.hasCome ? Interruption.ending : error
        }
        // It is shown once: the daemon need not keep it.
        end(id)
        return report
    }

    private func end(_ id: String) {
        var request = DaemonRequest(.delete, "/backtest/\(id)")
        request.outlastsSignals = true
        request.patience = Limits.daemonKnockTimeMax
        _ = try? daemon.ask(request)
    }

    private func wait(for id: String) throws(Ending) -> [UInt8] {
        var bar: ProgressBar?
        defer { bar?.clear() }
        let output = LineOutput()
        while true {
            let job = try look(at: id)
            switch job["state"]?.string {
            case "running":
                let done = job["progress"]?["events"]?.int ?? 0
                let total = job["progress"]?["of"]?.int ?? 0
                if bar == nil, total > 0 { bar = ProgressBar(total: total, unit: "events") }
                bar?.show(done)
            case "done":
                guard let report = job["report"] else { throw DaemonAnswer.foreign }
                return report.line
            case "failed": throw Self.failure(job["error"])
            case "ended": throw .failure(Exit.tryAgain, "somebody has ended the backtest")
            case _: throw DaemonAnswer.foreign
            }
            guard output.wait(Limits.daemonBacktestInterval) else { throw Interruption.ending }
        }
    }

    private func look(at id: String) throws(Ending) -> JSONPiece {
        var request = DaemonRequest(.get, "/backtest/\(id)")
        request.answerBytesMax = Limits.backtestReportBytesKept
        return try daemon.ask(
            request,
            missing: .failure(
                Exit.tryAgain, "the agent knows of no such backtest any more; try again")
        ).piece
    }

    private var body: [UInt8] {
        JSONWriter.object(reservingBytes: 1 << 14) { json in
            json.array("files") { list in
                for file in rules.files {
                    list.object {
                        $0.member("name", file.name)
                        $0.member("text", file.text)
                    }
                }
            }
            json.member("since", ifPresent: selection.since?.rfc3339(.microseconds))
            json.member("until", ifPresent: selection.until?.rfc3339(.microseconds))
        }
    }

    private static func failure(_ error: JSONPiece?) -> Ending {
        let name = error?["code"]?.string ?? ""
        let message = error?["error"]?.string ?? "the backtest has failed"
        let code =
            switch name {
            case "TRY_AGAIN", "ENDED": Exit.tryAgain
            case "STORE_UNREADABLE": Exit.io
            case _: Exit.data
            }
        return .failure(code, message.printable)
    }
}
