import Core

/// Reads server-sent events from bytes as they come (HTML Living Standard, section 9.2.6): any
/// piece of the stream may end anywhere. A pure value.
struct EventStreamParser {
    static let type = "text/event-stream"

    private static let colon = UInt8(ascii: ":")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The line that has not ended yet.
    private var line: [UInt8] = []
    private var isFirstLine = true
    /// Whether a line feed would be the second half of a line's end.
    private var endedWithReturn = false
    /// The event that has not ended yet.
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var id = ""

    /// - Returns: the events that end here, in their order.
    /// - Throws: `.tooLarge` where one has too many bytes: nothing more can be read then.
    mutating func read(_ bytes: some Sequence<UInt8>) throws(ConnectionFault) -> [ServerEvent] {
        var events: [ServerEvent] = []
        for byte in bytes {
            let isSecondHalf = endedWithReturn && byte == Self.lineFeed
            endedWithReturn = byte == Self.carriageReturn
            if isSecondHalf { continue }
            guard byte == Self.lineFeed || byte == Self.carriageReturn else {
                line.append(byte)
                guard line.count + data.count <= Limits.daemonEventBytesMax else {
                    throw .tooLarge(bytesMax: Limits.daemonEventBytesMax)
                }
                continue
            }
            if let event = endLine() { events.append(event) }
        }
        return events
    }

    /// - Returns: the event that ends with the line.
    private mutating func endLine() -> ServerEvent? {
        var content = line[...]
        if isFirstLine, content.starts(with: Self.byteOrderMark) {
            content = content.dropFirst(Self.byteOrderMark.count)
        }
        isFirstLine = false
        defer { line.removeAll(keepingCapacity: true) }
        guard !content.isEmpty else { return endEvent() }
        let field = content.prefix { $0 != Self.colon }
        var value = content.dropFirst(field.count + 1)
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        take(String(decoding: field, as: UTF8.self), value)
        return nil
    }

    /// What begins with a colon is a comment: a field without a name, as unknown as any other.
    private mutating func take(_ field: String, _ value: ArraySlice<UInt8>) {
        switch field {
        case "event": name = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { data.append(Self.lineFeed) }
            hasData = true
            data += value
        case "id" where !value.contains(0): id = String(decoding: value, as: UTF8.self)
        case _: break
        }
    }

    /// What has no data is no event.
    private mutating func endEvent() -> ServerEvent? {
        defer {
            name = ""
            data = []
            hasData = false
        }
        guard hasData else { return nil }
        return ServerEvent(name: name.isEmpty ? "message" : name, id: id, data: data)
    }
}
