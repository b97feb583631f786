import Core
import Proof

extension ShadowReport {
    /// As the daemon tells it, where `json` has written it.
    /// - Parameter limit: that was asked for.
    /// - Throws: where it is something else.
    init(_ report: JSONPiece, limit: Int) throws(Ending) {
        guard let known = report["known"]?.value, let kinds = report["kinds"]?.value,
            let omitted = report["omitted"]?.int, let sets = report["sets"]?.elements,
            let differences = report["differences"]?.elements
        else { throw DaemonAnswer.foreign }
        self.init(limit: limit)
        self.known = KnownShadows(known)
        self.omitted = Int(clamping: omitted)
        // A kind of which there is none is not among those that were counted.
        counts = Self.counts(kinds).filter { $0.value > 0 }
        if let from = report["from"]?.value?.time, let to = report["to"]?.value?.time, from <= to {
            times = from...to
        }
        for set in sets.compactMap(\.value) {
            guard let pair = Pair(set) else { throw DaemonAnswer.foreign }
            pairs[pair] = Int(clamping: set["differences"]?.int ?? 0)
        }
        rules = Self.table(report["rules"], "rule")
        entities = Self.table(report["entities"], "entity")
        unlisted = (
            rules: Int(clamping: report["rules_omitted"]?.int ?? 0),
            entities: Int(clamping: report["entities_omitted"]?.int ?? 0)
        )
        for piece in differences {
            guard let difference = ShadowDifference(piece) else { throw DaemonAnswer.foreign }
            shown[difference.kind, default: []].append(difference)
        }
    }

    private static func counts(_ json: JSONValue) -> Counts {
        var counts: Counts = [:]
        for kind in ShadowDifference.Kind.allCases {
            counts[kind] = json[kind.name]?.int.map { Int(clamping: $0) }
        }
        return counts
    }

    private static func table(_ list: JSONPiece?, _ name: String) -> [String: Counts] {
        var table: [String: Counts] = [:]
        for entry in (list?.elements ?? []).compactMap(\.value) {
            if let key = entry[name]?.string { table[key] = counts(entry) }
        }
        return table
    }
}

extension ShadowReport.Pair {
    fileprivate init?(_ json: JSONValue) {
        guard let active = json["active"]?.string, let shadow = json["shadow"]?.string,
            let source = json["source"]?.string.flatMap({ ShadowDifference.Source(rawValue: $0) })
        else { return nil }
        self.init(source: source, active: active, shadow: shadow)
    }
}

extension ShadowDifference {
    /// As it is published; nil of anything else.
    fileprivate init?(_ piece: JSONPiece) {
        guard let json = piece.value, let at = json["timestamp"]?.time,
            let kind = Kind.allCases.first(where: { $0.name == json["kind"]?.string }),
            let source = json["source"]?.string.flatMap({ Source(rawValue: $0) })
        else { return nil }
        self.init(
            kind: kind, source: source, at: at, eventSequence: json["event_seq"]?.int,
            route: json["route"]?.string ?? "", entity: json["entity"]?.string ?? "",
            rules: (json["rules"]?.array ?? []).compactMap(\.string),
            active: json["active"]?["ruleset"]?.string ?? "",
            shadow: json["shadow"]?["ruleset"]?.string ?? "", json: piece.line)
    }
}
