import Logging
import Synchronization

/// Keeps the lines of a log.
struct ListedLog: LogHandler {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    private let kept = Lines()

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let metadata = (event.metadata ?? [:]).map { " \($0.key)=\($0.value)" }.sorted()
        let line = "\(event.level): \(event.message)" + metadata.joined()
        kept.all.withLock { $0.append(line) }
    }

    /// In their order.
    var lines: [String] { kept.all.withLock { $0 } }
    func has(_ text: String) -> Bool { lines.contains { $0.contains(text) } }
}
