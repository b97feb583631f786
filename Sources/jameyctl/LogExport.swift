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

    func write(askedOf daemon: DaemonClient) throws(Ending) {
        // The daemon refuses a time that has no length, in which there is nothing.
        if let since = list.since, let until = list.until, until <= since { return }
        var output = LineOutput()
        _ = try daemon.export("/log", "events", query: parameters, to: &output)
    }

    private var parameters: DaemonQuery {
        [
            ("from", "\(list.first)"), ("to", list.last == .max ? nil : "\(list.last)"),
            ("topic", list.filter?.text), ("since", list.since?.rfc3339(.microseconds)),
            ("until", list.until?.rfc3339(.microseconds)), ("limit", "\(list.limit)"),
        ]
    }
}
