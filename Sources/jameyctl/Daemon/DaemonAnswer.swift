import Core

/// What the daemon has answered.
struct DaemonAnswer: Sendable {
    /// 100...599
    var status: Int
    var fields: [(name: String, value: String)] = []
    var body: [UInt8] = []

    /// Whether it was done.
    var isGood: Bool { (200..<300).contains(status) }

    /// Whether there is no such thing as was asked for, where such things are.
    var lacksThing: Bool { isNotFound && !lacksRoute }

    /// Whether an agent has answered that does not know what was asked: in these words every one
    /// has said so.
    var lacksRoute: Bool {
        isNotFound && piece["error"]?.string == RequestError.noSuchRoute.message
    }

    private var isNotFound: Bool { status == 404 && piece["code"]?.string == "NOT_FOUND" }

    /// The first header field of a name, in any case.
    func field(_ name: String) -> String? {
        let wanted = name.lowercased()
        return fields.first { $0.name.lowercased() == wanted }?.value
    }

    /// How long to wait before it is asked again, where it says so (RFC 9110, section 10.2.3).
    var retryAfter: Duration? {
        guard let text = field("Retry-After"), let seconds = Int64(text), seconds >= 0 else {
            return nil
        }
        return .seconds(seconds)
    }

    /// The body, read.
    /// - Throws: that what answers there is no agent.
    func json() throws(Ending) -> JSONValue {
        do throws(JSONError) { return try JSONScanner.scan(body) } catch { throw Self.foreign }
    }

    /// The body, to be read piece by piece: it may have any number of elements.
    var piece: JSONPiece { JSONPiece(body) }

    /// What came is not what an agent answers.
    static let foreign = Ending.mistaken(
        "the answer cannot be understood: what answers there is no jameyd, or "
            + "one of another version")
}
