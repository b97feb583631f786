import Core

/// The rules in force with their counts, as the daemon tells them.
struct RuleSetInForce {
    let list: DaemonList

    init(_ list: DaemonList) { self.list = list }

    /// What there is to say about all of them.
    var head: [String] {
        let facts: [(name: String, text: String?)] = [
            ("rule set", list.page["ruleset"]?.string ?? "none"),
            ("held by", list.page["held_by"]?.string),
            ("fault", list.page["fault"]?.string),
            ("counted since", list.page["counted_since"]?.string),
        ]
        return facts.flatMap { name, text in text.map { RuleReport.row(name, $0) } ?? [] }
    }

    var table: TextTable {
        var table = TextTable([
            "RULE", "MODE", "ON", "APPLIED", "APPROVED", "DENIED", "RAISED", "FAILED",
        ])
        table.rows = list.elements.map(Self.row)
        return table
    }

    private static func row(_ rule: JSONValue) -> [TextTable.Cell] {
        let mode = rule["mode"]?.string ?? ""
        let failed = rule["failed"]?.int ?? 0
        let counts = ["applied", "approved", "denied", "raised"].map { name in
            TextTable.Cell("\(rule[name]?.int ?? 0)")
        }
        return [
            TextTable.Cell(rule["name"]?.string ?? ""),
            TextTable.Cell(mode, mode == "active" ? nil : .yellow),
            TextTable.Cell(routes(of: rule)),
        ] + counts + [TextTable.Cell("\(failed)", failed > 0 ? .red : nil)]
    }

    fileprivate static func routes(of rule: JSONValue) -> String {
        (rule["on"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
    }

    /// Everything about one; nil where there is none of this name.
    func report(of name: String) -> RuleReport? {
        let place = list.elements.firstIndex { $0["name"]?.string == name }
        return place.map { RuleReport(rule: list.elements[$0], json: list.pieces[$0].line) }
    }
}

/// One rule in force, for a person in 80 columns, or as it was answered.
struct RuleReport: Report {
    private static let columns = 15

    fileprivate let rule: JSONValue
    let json: [UInt8]

    fileprivate init(rule: JSONValue, json: [UInt8]) {
        self.rule = rule
        self.json = json
    }

    var lines: [String] {
        let place = "\(rule["file"]?.string ?? ""):\(rule["line"]?.int ?? 0)"
        let stance = rule["stance"]?.string.map { stance in
            "\(stance), weight \(rule["weight"]?.double ?? 0)"
        }
        let facts: [(name: String, text: String?)] = [
            ("rule", rule["name"]?.string), ("description", rule["description"]?.string),
            ("place", place), ("mode", rule["mode"]?.string),
            ("on", RuleSetInForce.routes(of: rule)), ("stance", stance),
            ("severity", rule["severity"]?.string),
        ]
        let counts = ["applied", "approved", "denied", "raised", "resolved", "failed"].map {
            (name: $0, text: rule[$0]?.int.map { "\($0)" })
        }
        return (facts + counts).flatMap { fact in
            fact.text.map { Self.row(fact.name, $0) } ?? []
        }
    }

    static func row(_ name: String, _ text: String) -> [String] {
        (name.padded(to: columns) + text.printable).wrapped(hanging: columns)
    }
}
