import Core
import Proof

/// The report for a person, in 80 columns.
extension ShadowReport {
    private static let rowsMax = 20

    func lines(_ paint: Paint, since: Timestamp?) -> [String] {
        guard let times else { return withoutDifferences(since: since) }
        var lines = ["\(counted(total, "difference")), \(Self.text(times))"]
        if omitted > 0 { lines.append("and \(omitted) more in floods, counted only") }
        for (pair, count) in orderedPairs.prefix(Self.rowsMax) {
            lines.append(
                "  \(pair.shadow.shortDigest) (\(pair.source.rawValue)) in shadow of "
                    + "\(pair.active.shortDigest): \(count)")
        }
        for kind in ShadowDifference.Kind.allCases {
            guard let count = counts[kind] else { continue }
            lines.append("")
            lines.append(paint(kind.colour, "\(kind.title)  \(count)"))
            lines += (shown[kind] ?? []).map(Self.line)
        }
        lines += Self.table("RULE", rules) + Self.unlisted(unlisted.rules)
        lines += Self.table("ENTITY", entities) + Self.unlisted(unlisted.entities)
        return lines
    }

    private static func unlisted(_ count: Int) -> [String] {
        count > 0 ? ["… and \(count) that the agent does not list"] : []
    }

    /// Never as if both agreed where nothing ran.
    private func withoutDifferences(since: Timestamp?) -> [String] {
        var first = "no differences"
        if let since { first += " since \(KnownShadows.text(since))" }
        if !known.isAny { first += ", and nothing is known to run in shadow" }
        return [first] + known.lines.map { ("  " + $0).fitted(to: 80) }
    }

    private static func text(_ times: ClosedRange<Timestamp>) -> String {
        "\(KnownShadows.text(times.lowerBound)) to \(KnownShadows.text(times.upperBound))"
    }

    /// `  11-28 18:31:02 press-7    press-commands  -1.00 → 1.00  too-fast`
    private static func line(_ difference: ShadowDifference) -> String {
        let time = difference.at.rfc3339()
        let names = [difference.entity, difference.route].map {
            $0.printable.fitted(to: 14).padded(to: 10)
        }
        let head = "  \(time.dropFirst(5).prefix(5)) \(time.dropFirst(11).prefix(8)) "
        return (head + names.joined(separator: " ") + " " + what(difference)).fitted(to: 80)
    }

    private static func what(_ difference: ShadowDifference) -> String {
        let json = try? JSONScanner.scan(difference.json)
        let rules = difference.rules.joined(separator: ", ").printable
        switch difference.kind {
        case .alertNew, .alertMissing:
            let side = difference.kind == .alertNew ? "shadow" : "active"
            let message = json?[side]?["message"]?.string ?? ""
            return message.isEmpty ? rules : "\(rules): \(message.printable)"
        case .denyToAllow, .allowToDeny, .unjudged, .score:
            let scores = ["active", "shadow"].map { side in
                json?[side]?["moral_score"]?.double.map { SoulLine.number($0) } ?? "none"
            }
            return scores.joined(separator: " → ") + "  " + rules
        }
    }

    private static func table(_ title: String, _ all: [String: Counts]) -> [String] {
        guard !all.isEmpty else { return [] }
        func row(_ name: String, _ cells: [String]) -> String {
            name.fitted(to: 26).padded(to: 26)
                + cells.map { String(repeating: " ", count: max(0, 9 - $0.count)) + $0 }.joined()
        }
        let kinds = ShadowDifference.Kind.allCases
        var lines = ["", row(title, kinds.map(\.column))]
        let ordered = ordered(all)
        for entry in ordered.prefix(rowsMax) {
            lines.append(row(entry.name.printable, kinds.map { "\(entry.counts[$0] ?? 0)" }))
        }
        if ordered.count > rowsMax { lines.append("… \(ordered.count - rowsMax) more") }
        return lines
    }
}

extension ShadowDifference.Kind {
    fileprivate var title: String {
        switch self {
        case .denyToAllow: "DENY→ALLOW"
        case .allowToDeny: "ALLOW→DENY"
        case .unjudged: "JUDGED BY ONE OF BOTH"
        case .alertNew: "NEW ALERTS"
        case .alertMissing: "MISSING ALERTS"
        case .score: "OTHER SCORES"
        }
    }

    fileprivate var column: String {
        switch self {
        case .denyToAllow: "D→A"
        case .allowToDeny: "A→D"
        case .unjudged: "one only"
        case .alertNew: "new"
        case .alertMissing: "missing"
        case .score: "score"
        }
    }

    fileprivate var colour: Paint.Colour {
        switch self {
        case .denyToAllow: .red
        case .allowToDeny: .yellow
        case .unjudged, .alertNew, .alertMissing, .score: .bold
        }
    }
}
