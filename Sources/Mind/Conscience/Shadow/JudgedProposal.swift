import Core

/// A verdict as its decision tells it.
struct JudgedProposal {
    let json: JSONValue
    let isApproved: Bool

    init?(_ decision: Decision) {
        guard let json = try? JSONScanner.scan(decision.json) else { return nil }
        self.json = json
        isApproved = decision.isPositive
    }

    func hasSameScore(as other: JudgedProposal) -> Bool {
        ["moral_score", "score", "threshold"].allSatisfy {
            json[$0]?.double == other.json[$0]?.double
        }
    }

    /// The rules that say something else in one than in the other, the weightiest first.
    static func causes(_ one: JudgedProposal?, _ other: JudgedProposal?) -> [String] {
        let (mine, others) = (one?.sayings ?? [], other?.sayings ?? [])
        var causes: [(rule: String, change: Double)] = []
        for saying in mine {
            let partner = others.first { $0.rule == saying.rule }
            if partner != saying {
                causes.append((saying.rule, abs(saying.force - (partner?.force ?? 0))))
            }
        }
        for saying in others where !mine.contains(where: { $0.rule == saying.rule }) {
            causes.append((saying.rule, abs(saying.force)))
        }
        // Where they weigh the same, in the order of the rules.
        let sorted = causes.enumerated().sorted {
            ($1.element.change, $0.offset) < ($0.element.change, $1.offset)
        }
        return sorted.prefix(Limits.shadowRulesNamed).map(\.element.rule)
    }

    /// What one rule has to say about a proposal.
    private struct Saying: Equatable {
        var rule: String
        var stance: String?
        var contribution: Double
        var error: String?

        /// Vetoes and failures outweigh all else.
        var force: Double {
            stance == Rule.Stance.veto.rawValue || error != nil ? .infinity : contribution
        }
    }

    private var sayings: [Saying] {
        let contributions = (json["contributions"]?.array ?? []).compactMap { entry in
            entry["rule"]?.string.map {
                Saying(
                    rule: $0, stance: entry["stance"]?.string,
                    contribution: entry["contribution"]?.double ?? 0)
            }
        }
        let failures = (json["errors"]?.array ?? []).compactMap { entry -> Saying? in
            guard entry["on_error"]?.string == "deny" else { return nil }
            return entry["rule"]?.string.map {
                Saying(rule: $0, contribution: 0, error: entry["code"]?.string ?? "")
            }
        }
        return contributions + failures
    }
}
