import Core

/// What a replay came to, for a person in 80 columns or as JSON. It is drawn from the JSON, so that
/// the daemon's is shown as that of a store.
struct ReplayText: Report {
    private static let nameColumns = 12
    private static let differenceColumns = 10

    let json: [UInt8]
    let agrees: Bool
    /// Whether all was replayed that was asked for.
    let isComplete: Bool
    private let report: JSONPiece

    /// - Parameter json: as `ReplayReport` has it.
    /// - Throws: where it is something else.
    init(_ json: [UInt8]) throws(Ending) {
        report = JSONPiece(json)
        guard let agrees = report["agrees"]?.bool, let isComplete = report["complete"]?.bool else {
            throw DaemonAnswer.foreign
        }
        self.json = json
        self.agrees = agrees
        self.isComplete = isComplete
    }

    /// Where a part of what was asked for is out of reach.
    var incompleteness: Ending? {
        guard !isComplete else { return nil }
        var text = "a part of that time is out of reach"
        if let reach = report["reach"] {
            text +=
                ": the log can be replayed from event \(number("event_seq", reach)) on, of "
                + Self.text("timestamp", reach)
        }
        return .failure(Exit.data, text.printable)
    }

    var lines: [String] {
        let start = number("folded_from")
        let place = start == 0 ? "the log's beginning" : "the checkpoint at \(start)"
        let facts = [
            "events      \(number("first_event")) to \(number("last_event")), folded from \(place)",
            "decisions   \(number("recorded")) recorded, \(number("replayed")) replayed",
            "rule sets   \(number("rulesets")) took effect",
        ]
        var lines = facts.flatMap { $0.wrapped(hanging: Self.nameColumns) }
        for name in ["digest", "mind"] {
            lines += [name, "  \(Self.text(name, report).printable)"]
        }
        lines += notes.flatMap { $0.wrapped() }
        if let first = report["first_difference"] {
            lines += ["", "\(number("differences")) events differ, the first of them:"]
            lines += Self.lines(first)
        } else {
            lines.append(
                isComplete
                    ? "all agree" : "what was replayed agrees; that is not all that was asked for")
        }
        return lines
    }

    private func number(_ name: String, _ part: JSONPiece? = nil) -> Int64 {
        (part ?? report)[name]?.int ?? 0
    }

    private static func text(_ name: String, _ part: JSONPiece) -> String {
        part[name]?.string ?? ""
    }

    private var notes: [String] {
        var notes: [String] = []
        if let unreached = report["not_replayed"] {
            notes.append(
                "not replayed: events \(number("first_event", unreached)) to "
                    + "\(number("last_event", unreached)); no checkpoint reaches back to them")
        }
        for event in (report["forgettings"]?.elements ?? []).compactMap(\.int) {
            notes.append(
                "event \(event) forgot an entity: what was decided about it before is gone, and is "
                    + "not compared")
        }
        return notes
    }

    private static func lines(_ difference: JSONPiece) -> [String] {
        var lines = [
            "event     " + (difference["event"].map(shown) ?? ""),
            "recorded  " + (difference["recorded"].map(shown) ?? "nothing"),
            "replayed  " + (difference["replayed"].map(shown) ?? "nothing"),
        ]
        for column in difference["columns"]?.elements ?? [] {
            lines.append(
                "\(text("column", column)): \(text("recorded", column)) recorded, "
                    + "\(text("replayed", column)) now")
        }
        if let place = difference["departs_at"]?.int {
            lines.append("the JSON departs at byte \(place)")
        }
        return lines.flatMap { $0.printable.wrapped(hanging: differenceColumns) }
    }

    /// As it was written; what is no JSON is told as a text.
    private static func shown(_ piece: JSONPiece) -> String {
        piece.string ?? String(decoding: piece.line, as: UTF8.self)
    }
}
