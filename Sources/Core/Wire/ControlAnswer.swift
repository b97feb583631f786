/// What a control request has come to.
public struct ControlAnswer: Equatable, Sendable {
    /// Memories that were changed or forgotten.
    public var changed: Int
    /// The memory that was stored.
    public var memory: MemoryID?
    /// The event of a forgetting that has begun; the store tells how far it is.
    public var forgetting: EventSequence?

    public init(changed: Int, memory: MemoryID? = nil, forgetting: EventSequence? = nil) {
        self.changed = changed
        self.memory = memory
        self.forgetting = forgetting
    }

    public var json: [UInt8] {
        JSONWriter.object {
            $0.member("changed", changed)
            if let memory { $0.member("id", memory) }
            if let forgetting { $0.member("forgetting", forgetting) }
        }
    }

    /// - Throws: the error that was answered instead; `BAD_ANSWER` where it is neither.
    public init(json: [UInt8]) throws(RequestError) {
        guard let body = try? JSONScanner.scan(json) else { throw Self.unreadable }
        if let code = body["code"]?.string, let message = body["error"]?.string {
            throw RequestError(code: code, message: message)
        }
        guard let changed = body["changed"]?.int else { throw Self.unreadable }
        self.init(
            changed: Int(changed), memory: body["id"]?.int, forgetting: body["forgetting"]?.int)
    }

    private static let unreadable = RequestError(
        code: "BAD_ANSWER", message: "the agent's answer cannot be read")
}
