import Core
import Proof
import Store

/// Writes events of the log, line by line.
struct LogExport {
    /// Its limit is that of the pages that a daemon is asked for.
    let list: LogList

    func write(_ reader: StoreReader) throws(Ending) {
        var output = LineOutput()
        var ending: Ending?
        do throws(ReadError) {
            try list.forEachEvent(of: reader) { event, isWanted in
                guard isWanted else { return true }
                do throws(Ending) {
                    try output.line(event.json)
                    return true
                } catch {
                    ending = error
                    return false
                }
            }
        } catch { ending = Ending(error) }
        // Before an error is told, too: the lines before it are good.
        if ending != .quiet { try output.flush() }
        if let ending { throw ending }
    }

    /// Page by page, and what has come is written before the next is asked for.
    func write(askedOf daemon: DaemonClient) throws(Ending) {
        // The daemon refuses a time that has no length, in which there is nothing.
        if let since = list.since, let until = list.until, until <= since { return }
        var output = LineOutput()
        var cursor: String?
        repeat {
            let page = try self.page(behind: cursor, daemon, output).piece
            guard let events = page["events"]?.elements else { throw DaemonAnswer.foreign }
            for event in events { try output.line(event.line) }
            try output.flush()
            let next = page["next"]?.string
            // Whoever would have us read the same page for ever is no daemon of ours.
            guard next == nil || next != cursor else { throw DaemonAnswer.foreign }
            cursor = next
        } while cursor != nil
    }

    private func page(
        behind cursor: String?, _ daemon: DaemonClient, _ output: LineOutput
    ) throws(Ending) -> DaemonAnswer {
        var query = parameters
        query.append(("cursor", cursor))
        let request = DaemonRequest(.get, "/log", query: query)
        while true {
            let answer = try daemon.answer(to: request)
            // Whoever asks faster than the configuration allows is told when to go on.
            if answer.status == 429, answer.piece["code"]?.string == "TOO_MANY_REQUESTS",
                let pause = answer.retryAfter, output.wait(pause)
            {
                continue
            }
            guard answer.isGood else {
                throw Ending(answer, from: daemon.place, hasKey: daemon.key != nil)
            }
            return answer
        }
    }

    private var parameters: DaemonQuery {
        [
            ("from", "\(list.first)"), ("to", list.last == .max ? nil : "\(list.last)"),
            ("topic", list.filter?.text), ("since", list.since?.rfc3339(.microseconds)),
            ("until", list.until?.rfc3339(.microseconds)), ("limit", "\(list.limit)"),
        ]
    }
}
