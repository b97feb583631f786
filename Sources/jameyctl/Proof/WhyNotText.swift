import Core

/// What kept a rule from applying, for a person in 80 columns or as JSON. It is drawn from the
/// JSON, so that the daemon's is shown as that of a store.
struct WhyNotText: Report {
    let json: [UInt8]
    private let report: JSONPiece
    private let answer: String

    /// - Parameter json: as `WhyNotReport` has it.
    /// - Throws: where it is something else.
    init(_ json: [UInt8]) throws(Ending) {
        self.json = json
        report = JSONPiece(json)
        guard let answer = report["answer"]?.string else { throw DaemonAnswer.foreign }
        self.answer = answer
    }

    var lines: [String] {
        var lines = [report["text"]?.string ?? ""]
        if let term = report["term"]?.value, answer == "term" || answer == "error" {
            lines += ExplanationText.lines([term], indent: 2)
            lines += ExplanationText.texts(of: report["would_hold_with"]?.value).map {
                "  it would hold with \($0)"
            }
        }
        lines += standing.map { "  " + $0 }
        return lines.flatMap { $0.printable.wrapped() }
    }

    private var standing: [String] {
        guard let rule = report["explained"]?.value else { return [] }
        switch answer {
        case "waits": return waiting(rule)
        case "term":
            let since = rule["standing"]?["firing_since"]?.string
            return since.map { ["its alert fires since \($0)"] } ?? []
        case _: return []
        }
    }

    /// What a rule waits for whose condition holds.
    private func waiting(_ rule: JSONValue) -> [String] {
        guard let due = report["to_be_raised_at"]?.string else {
            let timing = ExplanationText.texts(of: rule["timing"])
            return timing.isEmpty ? [] : ["its timing: " + timing.joined(separator: ", ")]
        }
        if report["waits"]?.string == "absent" {
            return ["to be raised at \(due), unless it is heard before"]
        }
        // Only a rule with a cooldown keeps when that was.
        guard let raised = report["raised_at"]?.string else { return ["to be raised at \(due)"] }
        return ["raised last at \(raised)", "to be raised again at \(due)"]
    }
}
