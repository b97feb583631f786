import Core
import Proof
import Store

extension SoulReport {
    private static let reasonsMax = 10

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
}
