/// What a control request has come to.
public struct ControlAnswer: Equatable, Sendable {
    /// Memories that were changed or forgotten.
    public var changed: Int
    /// The memory that was stored.
    public var memory: MemoryID?

    public init(changed: Int, memory: MemoryID? = nil) {
        self.changed = changed
        self.memory = memory
    }

    public var json: [UInt8] {
        JSONWriter.object {
            $0.member("changed", changed)
            if let memory { $0.member("id", memory) }
        }
    }

    /// - Throws: the error that was answered instead; `BAD_ANSWER` where it is neither.
    public init(json: [UInt8]) throws(RequestError) {
        guard let body = try? JSONScanner.scan(json) else { throw Self.unreadable }
        if let code = body["code"]?.string, let message = body["error"]?.string {
            throw RequestError(code: code, message: message)
        }
        guard let changed = body["changed"]?.int else { throw Self.unreadable }
        self.init(changed: Int(changed), memory: body["id"]?.int)
    }

    private static let unreadable = RequestError(
        code: "BAD_ANSWER", message: "the agent's answer cannot be read")
}
