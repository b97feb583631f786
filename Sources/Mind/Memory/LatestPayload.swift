import Core

/// What was last heard of an entity on one route, as it was heard.
///
/// A payload is kept as bytes and read again where somebody asks for it: most messages are
/// followed by another before anybody does.
struct LatestPayload: Equatable, Sendable {
    let route: String
    /// A JSON document; nil where none could be read, or it found no room.
    private(set) var payload: [UInt8]?
    /// The names of its fields (`JSONDocument.memberNames`).
    private(set) var names: [UInt8] = []
    /// When an event of this route was last written to the log.
    var recordedAt: Timestamp
    /// Whether its fields are newer than those that the entity holds by themselves.
    var isCurrent = false

    init(route: String, recordedAt: Timestamp) {
        self.route = route
        self.recordedAt = recordedAt
    }

    /// A payload whose fields are the newest.
    init(route: String, _ document: JSONDocument, at: Timestamp) {
        self.init(route: route, recordedAt: at)
        payload = document.bytes
        names = document.memberNames ?? Self.nameOfOther
        isCurrent = true
    }

    var estimatedBytes: Int { 96 + route.utf8.count + names.count + (payload?.count ?? 0) }

    /// Takes in a payload that has the same names.
    mutating func replace(_ document: JSONDocument, at: Timestamp) {
        payload = document.bytes
        recordedAt = at
    }

    mutating func forgetPayload() {
        payload = nil
        names = []
        isCurrent = false
    }

    /// The payload, read again.
    var document: JSONDocument? { payload.flatMap { try? JSONDocument($0) } }

    /// Its fields, read again; none where it is not the newest.
    var currentFields: JSONObject? { isCurrent ? document?.fields : nil }

    /// Whether a document is the same value: what `record: changed` asks.
    func isSame(as other: JSONDocument) -> Bool {
        guard let payload else { return false }
        return payload == other.bytes || document?.value == other.value
    }

    /// Whether a document has the same fields in the same order.
    func hasSameNames(as document: JSONDocument) -> Bool {
        guard payload != nil else { return false }
        return document.isObject ? document.hasMemberNames(names) : names == Self.nameOfOther
    }

    /// A payload that is no object is the one field `value`.
    private static let nameOfOther =
        (try? JSONDocument(Array("{\"value\":0}".utf8)))?.memberNames ?? []
}

extension JSONDocument {
    /// What working memory takes from a payload.
    var fields: JSONObject {
        switch value {
        case .object(let object): object
        case let other: JSONObject([.init(name: "value", value: other)])
        }
    }
}
