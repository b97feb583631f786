import Core
import Store

/// Everything that is known about why an entity is trusted as it is, for a person or as JSON. It is
/// drawn from the JSON, so that the daemon's is shown as that of a store.
struct SoulText {
    private static let reasonsMax = 10
    private static let factColumns = 11

    let json: [UInt8]
    private let report: JSONValue
    private let entity: String
    private let memories: [StoredMemory]
    /// The moment that is the end of its course.
    private let end: Timestamp

    /// - Parameter json: as `SoulReport` has it.
    /// - Throws: where it is something else.
    init(_ json: [UInt8], end: Timestamp = SystemTime().now()) throws(Ending) {
        self.json = json
        self.end = end
        guard let report = JSONPiece(json).value, let entity = report["entity"]?.string else {
            throw DaemonAnswer.foreign
        }
        self.report = report
        self.entity = entity
        memories = (report["memories"]?.array ?? []).compactMap { StoredMemory($0) }
    }

    func lines(columns: Int?) -> [String] {
        var lines = facts
        if report["trust"] != nil { lines += [""] + plot.lines(columns: columns ?? 80) }
        let reasons = (report["evidence"]?.array ?? []).prefix(Self.reasonsMax)
        let moving = reasons.filter { abs($0["effect"]?.double ?? 0) >= 0.000_5 }
        if !moving.isEmpty {
            lines += ["", "what moves it most: its part in trust now, at first, what is left"]
            lines += moving.map { SoulReason(json: $0).line }
        }
        if !memories.isEmpty {
            lines += ["", "memories about it, the newest"]
            lines += memories.map { MemoryLine.text($0) }
        }
        return lines.map { $0.fitted(to: columns ?? .max) }
    }

    private var plot: TrustPlot {
        let course = (report["course"]?.array ?? []).compactMap { change -> Soul? in
            guard let at = change["at"]?.time, let pro = change["evidence_for"]?.amount,
                let contra = change["evidence_against"]?.amount
            else { return nil }
            var soul = Soul(at: at)
            (soul.pro, soul.contra) = (pro, contra)
            return soul
        }
        let text = report["half_life"]?.string ?? ""
        let halfLife = (try? Duration(text: text)) ?? Soul.halfLifeDefault
        return TrustPlot(course, halfLife: halfLife, end: end)
    }

    private var facts: [String] {
        guard report["trust"] != nil else {
            return Self.table([
                ("entity", entity.printable), ("trust", "nothing was recorded about it"),
            ])
        }
        let (mood, emoji) = (report["mood"]?.string ?? "", report["emoji"]?.string ?? "")
        let (pro, contra) = (number("evidence_for"), number("evidence_against"))
        var facts = [
            ("entity", entity.printable), ("trust", number("trust")),
            ("mood", "\(emoji) \(mood)".printable), ("empathy", number("empathy")),
            ("evidence", "\(pro) for, \(contra) against, beside one each to begin with"),
            ("half-life", text("half_life")), ("changes", "\(report["changes"]?.int ?? 0)"),
            ("changed", text("changed_at")),
        ]
        if report["first_seen"] != nil {
            facts.append(("first seen", text("first_seen")))
            facts.append(("last seen", text("last_seen") + ", before it was changed"))
        }
        return Self.table(facts)
    }

    private static func table(_ facts: [(String, String)]) -> [String] {
        facts.map { $0.0.padded(to: factColumns) + $0.1 }
    }

    private func text(_ name: String) -> String { (report[name]?.string ?? "").printable }

    private func number(_ name: String) -> String {
        SoulLine.number(report[name]?.double ?? 0)
    }
}

/// One piece of evidence, and what it does now.
private struct SoulReason {
    let json: JSONValue

    /// `-0.12 -0.20  62 % anger   overheat (rule) 03-01 12:00:00 log-3`
    var line: String {
        func number(_ name: String) -> Double { json[name]?.double ?? 0 }
        let percent = String(Int(near: number("left") * 100)) + " %"
        let change = number("trust") - number("trust_before")
        var words = [
            Self.signed(number("effect")), Self.signed(change), Self.padded(percent, to: 5),
            feeling.padded(to: 17), SoulLine.time(json["at"]?.time ?? Timestamp(microseconds: 0)),
            "\(json["source"]?.string ?? "") \(json["origin"]?.string ?? "")",
        ]
        if let decision = json["decision_id"]?.string { words.append(decision) }
        if let note = json["note"]?.string { words.append("“\(note)”") }
        return "  " + words.joined(separator: " ").printable
    }

    private var feeling: String {
        if let trust = json["set"]?.double { return "set to \(SoulLine.number(trust))" }
        guard let emotion = json["emotion"]?.string else { return "decay" }
        let weight = SoulLine.number(json["weight"]?.double ?? 0)
        return "\(json["emoji"]?.string ?? "") \(emotion) × \(weight)"
    }

    private static func signed(_ value: Double) -> String {
        let text = SoulLine.number(value)
        return text.hasPrefix("-") ? text : "+" + text
    }

    private static func padded(_ text: String, to count: Int) -> String {
        String(repeating: " ", count: max(0, count - text.count)) + text
    }
}
