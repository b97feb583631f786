import Core
import Store

/// Everything that is known about why an entity is trusted as it is.
struct SoulReport {
    /// One piece of evidence, and what it does now.
    struct Reason {
        var evidence: Evidence
        /// How much of it is left, from 0 to 1.
        var left: Double
        /// By how much trust would be lower without it; negative where it would be higher.
        var effect: Double
    }

    private static let reasonsMax = 10
    private static let memoriesMax = 5

    let entity: String
    /// As it is now; nil where nothing was recorded about its trust.
    let now: StoredSoul?
    let halfLife: Duration
    let evidence: [Evidence]
    /// What each piece does now, oldest first.
    let course: [Reason]
    /// What has most to do with trust first.
    let reasons: [Reason]
    let memories: [StoredMemory]
    let end: Timestamp

    /// - Returns: nil where nothing is known about it, and no memory is about it.
    init?(of entity: String, _ reader: StoreReader, at time: Timestamp) throws(ReadError) {
        let stored = try reader.soul(of: entity)
        memories = try reader.memories(about: entity, limit: Self.memoriesMax)
        if stored == nil, memories.isEmpty { return nil }
        self.entity = entity
        halfLife = try reader.soulHalfLife()
        evidence = try reader.evidence(about: entity)
        end = time
        guard let stored else {
            self.now = nil
            (course, reasons) = ([], [])
            return
        }
        let soul = stored.soul.settled(at: time, halfLife: halfLife)
        var now = stored
        now.soul = soul
        now.soul.at = stored.soul.at
        self.now = now
        // What a person set has taken the place of all before it.
        let last = evidence.lastIndex { $0.kind == .set } ?? 0
        course = evidence.enumerated().map { index, piece in
            guard index >= last, piece.kind != .decay else {
                return Reason(evidence: piece, left: 0, effect: 0)
            }
            return Reason(
                evidence: piece, left: piece.share(in: soul), effect: piece.effect(in: soul))
        }
        reasons = course.sorted { abs($0.effect) > abs($1.effect) }
    }

    // MARK: For a person

    func lines(columns: Int?) -> [String] {
        var lines = now.map { facts(of: $0) } ?? unknown
        let plot = TrustPlot(evidence, halfLife: halfLife, end: end)
        if now != nil { lines += [""] + plot.lines(columns: columns ?? 80) }
        let moving = reasons.prefix(Self.reasonsMax).filter { abs($0.effect) >= 0.000_5 }
        if !moving.isEmpty {
            lines += ["", "what moves it most: its part in trust now, at first, what is left"]
            lines += moving.map { $0.line }
        }
        if !memories.isEmpty {
            lines += ["", "memories about it, the newest"]
            lines += memories.map { MemoryLine.text($0) }
        }
        return lines.map { $0.cut(to: columns ?? .max) }
    }

    private var unknown: [String] {
        Self.table([("entity", entity.printable), ("trust", "nothing was recorded about it")])
    }

    private static func table(_ facts: [(String, String)]) -> [String] {
        facts.map { $0.0.padded(to: 11) + $0.1 }
    }

    private func facts(of now: StoredSoul) -> [String] {
        let soul = now.soul
        let pro = SoulLine.number(Soul.pieces(soul.evidenceFor))
        let contra = SoulLine.number(Soul.pieces(soul.evidenceAgainst))
        var facts = [
            ("entity", entity.printable), ("trust", SoulLine.number(soul.trust)),
            ("mood", SoulLine.mood(soul)), ("empathy", SoulLine.number(soul.empathy)),
            ("evidence", "\(pro) for, \(contra) against, beside one each to begin with"),
            ("half-life", halfLife.text), ("changes", String(soul.changes)),
            ("changed", soul.at.rfc3339()),
        ]
        if let heard = now.heard {
            facts.append(("first seen", heard.lowerBound.rfc3339()))
            facts.append(("last seen", heard.upperBound.rfc3339() + ", before it was changed"))
        }
        return Self.table(facts)
    }

    // MARK: For a script

    var json: [UInt8] {
        JSONWriter.object { json in
            if let now {
                SoulLine.write(now, to: &json)
            } else {
                json.member("entity", entity)
            }
            json.member("half_life", halfLife.text)
            json.array("evidence") { list in
                for reason in reasons { list.object { reason.write(to: &$0) } }
            }
            json.array("memories") { list in
                for memory in memories { list.raw(MemoryLine.json(memory)) }
            }
        }
    }
}

extension SoulReport.Reason {
    /// `-0.12 -0.20  62 % anger   overheat (rule) 03-01 12:00:00 log-3`
    fileprivate var line: String {
        let percent = String(Int((left * 100).rounded())) + " %"
        let weight = SoulLine.number(Soul.pieces(evidence.weight))
        let feeling: String
        switch evidence.kind {
        case .emotion(let emotion): feeling = "\(emotion.emoji) \(emotion.rawValue) × \(weight)"
        case .set: feeling = "set to \(SoulLine.number(evidence.trust))"
        case .decay: feeling = "decay"
        }
        var words = [
            signed(effect), signed(evidence.trust - evidence.before), padded(percent, to: 5),
            feeling.padded(to: 16), SoulLine.time(evidence.at),
            "\(evidence.source.rawValue) \(evidence.origin)",
        ]
        if !evidence.decisionID.isEmpty { words.append(evidence.decisionID) }
        if !evidence.note.isEmpty { words.append("“\(evidence.note)”") }
        return "  " + words.joined(separator: " ").printable
    }

    private func signed(_ value: Double) -> String {
        let text = SoulLine.number(value)
        return text.hasPrefix("-") ? text : "+" + text
    }

    private func padded(_ text: String, to count: Int) -> String {
        String(repeating: " ", count: max(0, count - text.count)) + text
    }

    /// The piece by itself.
    var json: [UInt8] { JSONWriter.object { write(to: &$0) } }

    fileprivate func write(to json: inout JSONWriter) {
        json.member("at", evidence.at.rfc3339())
        switch evidence.kind {
        case .emotion(let emotion):
            json.member("emotion", emotion.rawValue)
            json.member("emoji", emotion.emoji)
            json.member("weight", Soul.pieces(evidence.weight))
        case .set: json.member("set", evidence.trust)
        case .decay: json.member("decay", true)
        }
        json.member("source", evidence.source.rawValue)
        json.member("origin", evidence.origin)
        if !evidence.decisionID.isEmpty { json.member("decision_id", evidence.decisionID) }
        if !evidence.note.isEmpty { json.member("note", evidence.note) }
        json.member("event_seq", evidence.eventSequence)
        json.member("trust_before", evidence.before)
        json.member("trust", evidence.trust)
        json.member("left", left)
        json.member("effect", effect)
    }
}
