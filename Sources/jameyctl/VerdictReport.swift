import Core

/// A verdict, for a person in 80 columns, or as it was answered.
///
/// ```
/// DENIED by no-harm: spindle press-7 is vibrating
/// score      -0.91, threshold 0.50
/// oppose     no-harm (weight 10.00): spindle press-7 is vibrating
/// decision   01J9…
/// ```
struct VerdictReport: Report {
    private static let columns = 11

    let isApproved: Bool
    let json: [UInt8]
    private let verdict: JSONValue
    private let paint: Paint

    /// - Throws: where it is no verdict.
    init(_ answer: DaemonAnswer, paint: Paint = Paint()) throws(Ending) {
        verdict = try answer.json()
        guard let isApproved = verdict["approved"]?.bool else { throw DaemonAnswer.foreign }
        self.isApproved = isApproved
        json = answer.body
        self.paint = paint
    }

    var lines: [String] {
        var lines = headline
        let rows = [score].compactMap { $0 } + contributions + errors + [decision]
        for row in rows {
            lines += (row.name.padded(to: Self.columns) + row.text.printable)
                .wrapped(hanging: Self.columns)
        }
        return lines
    }

    private typealias Row = (name: String, text: String)

    private var headline: [String] {
        let word = isApproved ? "APPROVED" : "DENIED"
        var explanation = (verdict["explanation"]?.string ?? "").printable
        // It begins with the outcome itself, which is not said twice.
        if explanation.hasPrefix(word.lowercased()) {
            explanation = String(explanation.dropFirst(word.count))
        } else if !explanation.isEmpty {
            explanation = ": " + explanation
        }
        var lines = (word + explanation).wrapped(hanging: 2)
        lines[0] = paint(isApproved ? .green : .red, word) + lines[0].dropFirst(word.count)
        return lines
    }

    private var score: Row? {
        guard let score = verdict["score"]?.double, let threshold = verdict["threshold"]?.double
        else { return nil }
        return ("score", "\(SoulLine.number(score)), threshold \(SoulLine.number(threshold))")
    }

    private var contributions: [Row] {
        (verdict["contributions"]?.array ?? []).map { contribution in
            let weight = contribution["weight"]?.double.map { SoulLine.number($0) } ?? "?"
            let message = contribution["message"]?.string.map { ": \($0)" } ?? ""
            let rule = contribution["rule"]?.string ?? ""
            return (contribution["stance"]?.string ?? "", "\(rule) (weight \(weight))\(message)")
        }
    }

    private var errors: [Row] {
        (verdict["errors"]?.array ?? []).map { error in
            let rule = error["rule"]?.string.map { "\($0): " } ?? ""
            return ("error", rule + (error["error"]?.string ?? ""))
        }
    }

    private var decision: Row {
        if verdict["dry_run"]?.bool == true { return ("dry run", "nothing is kept of it") }
        return ("decision", verdict["decision_id"]?.string ?? "")
    }
}
