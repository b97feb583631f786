import Core
import Glibc
import Logging

/// Writes log lines to standard error, as JSON objects or as text for a person.
public struct StandardErrorLog: LogHandler {
    public enum Format: Sendable { case json, text }

    public var metadata: Logger.Metadata = [:]
    public var logLevel: Logger.Level
    private let format: Format
    private let label: String

    public init(label: String, level: Logger.Level, format: Format) {
        self.label = label
        logLevel = level
        self.format = format
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }.map { (name: $0.key, text: "\($0.value)") }
        let now = SystemTime().now()
        var line: [UInt8]
        switch format {
        case .json: line = Self.json(now, event.level, "\(event.message)", all)
        case .text: line = Self.text(event.level, "\(event.message)", all)
        }
        line.append(UInt8(ascii: "\n"))
        // One call for a line, so that lines of threads do not mix.
        _ = write(STDERR_FILENO, line, line.count)
    }

    private static func json(
        _ now: Timestamp, _ level: Logger.Level, _ message: String,
        _ metadata: [(name: String, text: String)]
    ) -> [UInt8] {
        JSONWriter.object { json in
            json.member("time", now)
            json.member("level", level.rawValue)
            json.member("message", message)
            for (name, text) in metadata { json.member(name, text) }
        }
    }

    private static func text(
        _ level: Logger.Level, _ message: String, _ metadata: [(name: String, text: String)]
    ) -> [UInt8] {
        let rest = metadata.map { " \($0.name)=\($0.text)" }.joined()
        return Array("\(level.rawValue): \(message)\(rest)".utf8)
    }
}
