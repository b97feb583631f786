import Core
import Store

/// One server-sent event, as its bytes (HTML Living Standard, section 9.2).
struct ServerSentEvent: Equatable, Sendable {
    static let type = "text/event-stream"
    /// Says that the connection is alive; no listener is told of it.
    static let heartbeat = Array(":\n\n".utf8)

    /// What a listener sends as `Last-Event-ID` to go on after it; nil leaves that as it was.
    var id: String?
    var name: String
    var data: [UInt8]

    init(_ name: String, id: String? = nil, data: [UInt8]) {
        self.name = name
        self.id = id
        self.data = data
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 64)
        if let id { Self.write("id", Array(id.utf8), to: &bytes) }
        Self.write("event", Array(name.utf8), to: &bytes)
        Self.write("data", data, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// One line for each line of the value: a field cannot hold the end of a line.
    private static func write(_ field: String, _ value: [UInt8], to bytes: inout [UInt8]) {
        let (lineFeed, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        let start = Array((field + ": ").utf8)
        bytes += start
        var wasReturn = false
        for byte in value {
            if byte == carriageReturn || byte == lineFeed && !wasReturn {
                bytes.append(lineFeed)
                bytes += start
            } else if byte != lineFeed {
                bytes.append(byte)
            }
            wasReturn = byte == carriageReturn
        }
        bytes.append(lineFeed)
    }
}

extension ServerSentEvent {
    /// A decision, under the name of its kind.
    init(_ stored: StoredDecision) {
        let name =
            switch stored.decision.kind {
            case .verdict: "decision"
            case .alert: "alert"
            }
        self.init(name, id: "\(stored.row)", data: stored.decision.json)
    }

    /// That a listener was away for too long to be told everything.
    /// - Parameters:
    ///   - row: after which it wanted to go on.
    ///   - first: the row after which it does.
    static func missed(after row: Int64, until first: Int64) -> ServerSentEvent {
        let data = JSONWriter.object {
            $0.member("after", row)
            $0.member("until", first)
        }
        return ServerSentEvent("missed", id: "\(first)", data: data)
    }

    /// What cannot be told at this moment.
    enum Untold: String {
        case decisions, status
    }

    /// That something cannot be told, and why, as an answer would say it.
    static func fault(_ error: APIError, of what: Untold) -> ServerSentEvent {
        let data = JSONWriter.object {
            $0.member("of", what.rawValue)
            $0.member("error", error.message)
            $0.member("code", error.code)
        }
        return ServerSentEvent("fault", data: data)
    }
}
