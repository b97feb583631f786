import Core

/// What a backtest came to, for a person or as JSON. It is drawn from the JSON, so that the
/// daemon's is shown as that of a store.
struct BacktestReport: Report {
    static let nameColumns = 24
    private static let factColumns = 10

    let json: [UInt8]
    /// How many of each list are shown to a person.
    let limit: Int
    private let report: JSONPiece
    private let verdicts: JSONPiece
    private let alerts: JSONPiece

    /// - Parameter json: as `Backtest` has it.
    /// - Throws: where it is something else.
    init(_ json: [UInt8], limit: Int) throws(Ending) {
        report = JSONPiece(json)
        guard let verdicts = report["verdicts"], let alerts = report["alerts"] else {
            throw DaemonAnswer.foreign
        }
        self.json = json
        self.limit = limit
        self.verdicts = verdicts
        self.alerts = alerts
    }

    /// How often something differs; of what is not judged, whether there is any.
    func count(of difference: BacktestDifference) -> Int64 {
        switch difference {
        case .denyToAllow: verdicts["deny_to_allow"]?["count"]?.int ?? 0
        case .allowToDeny: verdicts["allow_to_deny"]?["count"]?.int ?? 0
        case .newAlert: alerts["new"]?["count"]?.int ?? 0
        case .vanishedAlert: alerts["vanished"]?["count"]?.int ?? 0
        case .any: BacktestDifference.decisions.reduce(0) { $0 + count(of: $1) }
        case .unjudged:
            (report["not_judged"] == nil ? 0 : 1) + (alerts["left_out"]?.int ?? 0)
        }
    }

    var lines: [String] {
        head + flips("DENY→ALLOW", "deny_to_allow") + flips("ALLOW→DENY", "allow_to_deny")
            + spans("new alerts", "new") + spans("vanished alerts", "vanished") + rules
            + entities + changes
    }

    // MARK: The whole

    private var head: [String] {
        let ends = ["first_event", "last_event", "folded_from"].map { report[$0]?.int ?? 0 }
        let times = ["from", "to"].map { report[$0]?.string ?? "" }
        let facts = [
            "events    \(ends[0]) to \(ends[1]), \(times[0]) to \(times[1])",
            "folded    from "
                + (ends[2] == 0 ? "the log's beginning" : "the checkpoint at \(ends[2])"),
            "verdicts  \(number("recorded", verdicts)) recorded, "
                + "\(number("supposed", verdicts)) now: "
                + "\(count(of: .denyToAllow)) DENY→ALLOW, \(count(of: .allowToDeny)) ALLOW→DENY",
            "alerts    \(number("recorded", alerts)) recorded, "
                + "\(number("supposed", alerts)) now: \(number("same", alerts)) same, "
                + "\(number("moved", alerts)) moved, \(count(of: .newAlert)) new, "
                + "\(count(of: .vanishedAlert)) vanished",
        ]
        return ["rules", "  \(report["ruleset"]?.string ?? "")"]
            + facts.flatMap { $0.wrapped(hanging: Self.factColumns) }
            + notes.flatMap { $0.wrapped() }
    }

    private func number(_ name: String, _ part: JSONPiece) -> Int64 { part[name]?.int ?? 0 }

    private var notes: [String] {
        var notes: [String] = []
        if let unreached = report["not_judged"] {
            notes.append(
                "not judged: events \(number("first_event", unreached)) to "
                    + "\(number("last_event", unreached)); no checkpoint reaches back to them")
        }
        let (gone, added) = (number("gone", verdicts), number("added", verdicts))
        if gone > 0 {
            notes.append("\(gone) recorded verdicts are on no route of these rules")
        }
        if added > 0 { notes.append("\(added) verdicts are on routes that were not there") }
        let left = number("left_out", alerts)
        if left > 0 { notes.append("\(left) alerts are too many, and were not compared") }
        let failures = number("rule_failures", report)
        if failures > 0 {
            notes.append("rules failed \(failures) times; see jameyctl rules explain")
        }
        if report["truncated"]?.bool == true {
            notes.append(
                "not all differences are listed, all are counted; a shorter time (--since, "
                    + "--until) lists its own")
        }
        return notes
    }

    // MARK: Lists

    private func flips(_ title: String, _ name: String) -> [String] {
        guard let flips = verdicts[name], number("count", flips) > 0 else { return [] }
        let (count, listed) = (number("count", flips), flips["flips"]?.elements ?? [])
        return ["", "\(title): \(count)"] + shown(listed).flatMap(BacktestLine.flip)
            + rest(count, listed)
    }

    private func spans(_ title: String, _ name: String) -> [String] {
        guard let spans = alerts[name], number("count", spans) > 0 else { return [] }
        let (count, listed) = (number("count", spans), spans["alerts"]?.elements ?? [])
        return ["", "\(title): \(count)"] + shown(listed).map(BacktestLine.span)
            + rest(count, listed)
    }

    /// The first of a list.
    private func shown(_ list: [JSONPiece]) -> [JSONValue] {
        list.prefix(limit).compactMap(\.value)
    }

    /// What is there beyond those.
    private func rest(_ count: Int64, _ listed: [JSONPiece]) -> [String] {
        let rest = count - Int64(min(limit, listed.count))
        guard rest > 0 else { return [] }
        let more = listed.count - min(limit, listed.count)
        guard more > 0 else { return ["… and \(rest) more, which are counted only"] }
        let which = Int64(more) < rest ? "\(more) of them" : "them"
        return ["… and \(rest) more; --limit or --json lists \(which)"]
    }

    private var rules: [String] {
        let rows = (report["rules"]?.elements ?? []).compactMap(\.value)
            .compactMap(BacktestLine.rule)
        guard !rows.isEmpty else { return [] }
        let title =
            "rule".padded(to: Self.nameColumns) + "  applied then, now  alerts then, now  flips"
        return ["", title] + rows
    }

    private var entities: [String] {
        let all = report["entities"]?.elements ?? []
        guard !all.isEmpty else { return [] }
        let title = "entity".padded(to: Self.nameColumns) + "  DENY→ALLOW ALLOW→DENY  new vanished"
        let count = Int64(all.count) + number("further_entities", report)
        return ["", title] + shown(all).map(BacktestLine.entity) + rest(count, all)
    }

    private var changes: [String] {
        let changes = (verdicts["largest_changes"]?.elements ?? []).compactMap(\.value)
        guard !changes.isEmpty else { return [] }
        return ["", "largest changes of margin"] + changes.map(BacktestLine.change)
    }
}
