import Core
import Mind

/// A backtest that the daemon carries out.
struct BacktestOrder {
    let daemon: DaemonClient
    let rules: RuleSet
    let selection: EventSelection

    /// Has it done, and waits for its end.
    /// - Returns: the report.
    func carryOut() throws(Ending) -> [UInt8] {
        try DaemonJob(daemon: daemon, kind: .backtest, body: body).carryOut()
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
}
