import Core

/// What a link says about records that are gone: the only way for one to be missing and the chain
/// whole.
struct AuditRemoval: Equatable {
    enum Reason: String, Sendable {
        case retention, forgetting
        /// A rule set took effect again, or an alert was acknowledged again: it has a new row.
        case replaced
    }

    var reason: Reason
    /// Rows of decisions.
    var decisions: [Int64] = []
    /// Sequences of events.
    var events: [Int64] = []
    /// Rows of rule sets.
    var rulesets: [Int64] = []
    /// Rows of activations.
    var activations: [Int64] = []
    /// Rows of acknowledgements.
    var acknowledgements: [Int64] = []
    /// What retention has left; of retention only.
    var anchor: AuditAnchor?

    var isEmpty: Bool {
        decisions.isEmpty && events.isEmpty && rulesets.isEmpty && activations.isEmpty
            && acknowledgements.isEmpty && anchor == nil
    }

    /// The record: these members in this order, those that say nothing left out.
    var json: String {
        let bytes = JSONWriter.object { json in
            json.member("reason", reason.rawValue)
            for (name, rows) in [
                ("decisions", decisions), ("events", events), ("rulesets", rulesets),
                ("activations", activations), ("acknowledgements", acknowledgements),
            ] where !rows.isEmpty {
                json.array(name) { list in
                    for row in rows { list.int(row) }
                }
            }
            anchor?.write(to: &json)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// nil of a record that is none of ours.
    init?(json text: String) {
        guard let body = try? JSONScanner.scan(Array(text.utf8)),
            let reason = body["reason"]?.string.flatMap(Reason.init)
        else { return nil }
        self.reason = reason
        func rows(_ name: String) -> [Int64] { (body[name]?.array ?? []).compactMap(\.int) }
        decisions = rows("decisions")
        events = rows("events")
        rulesets = rows("rulesets")
        activations = rows("activations")
        acknowledgements = rows("acknowledgements")
        anchor = AuditAnchor(body)
    }

    init(reason: Reason) { self.reason = reason }
}

/// Where the chain begins once retention has taken links from its beginning.
struct AuditAnchor: Equatable {
    /// The last link that was taken; 0 before any.
    var linksThrough: Int64 = 0
    /// Its hash, which the next link follows.
    var hash = AuditEncoding.origin
    /// Decisions up to this row are gone.
    var decisionsThrough: Int64 = 0
    /// Decisions up to this row are older than the chain, and have no links.
    var unlinkedThrough: Int64 = 0
    /// The first link that was not whole when retention took it.
    var broken: Int64?

    init() {}

    init?(_ body: JSONValue) {
        guard let through = body["links_through"]?.int,
            let hash = body["hash"]?.string.flatMap(Hexadecimal.bytes),
            let decisions = body["decisions_through"]?.int,
            let unlinked = body["unlinked_through"]?.int,
            through >= 0, decisions >= 0, unlinked >= 0
        else { return nil }
        linksThrough = through
        self.hash = hash
        decisionsThrough = decisions
        unlinkedThrough = unlinked
        broken = body["broken"]?.int
    }

    func write(to json: inout JSONWriter) {
        json.member("decisions_through", decisionsThrough)
        json.member("unlinked_through", unlinkedThrough)
        json.member("links_through", linksThrough)
        json.member("hash", Hexadecimal.text(of: hash))
        if let broken { json.member("broken", broken) }
    }
}
