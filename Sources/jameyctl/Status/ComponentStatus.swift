import Core

/// One part of the agent, as the status tells it.
struct ComponentStatus {
    let name: String
    let members: JSONValue

    /// `ok`, `degraded` or `disabled`
    var state: String { members["status"]?.string ?? "unknown" }

    var colour: Paint.Colour {
        switch state {
        case "ok": .green
        case "disabled": .cyan
        case _: .red
        }
    }

    /// Why it is as it is, and what a person wants to know of it.
    var summary: String {
        ([reason].compactMap { $0 } + facts).joined(separator: "; ")
    }

    private var reason: String? {
        if let reason = members["reason"]?.string { return reason }
        // Of a broker that is there again it would be an old story.
        return state == "ok" ? nil : members["last_reason"]?.string
    }

    private var facts: [String] {
        switch name {
        case "broker": broker
        case "store": store
        case "mind": mind
        case "memory":
            [
                count("entities", "entity", "entities"),
                number("bytes").map { "\(Self.size($0)) of working memory" },
                number("queries_waiting").flatMap { $0 > 0 ? "\($0) queries wait" : nil },
            ].compactMap { $0 }
        case "outbox":
            [
                number("depth").map { "\($0) wait" },
                number("in_flight").map { "\($0) in flight" },
            ].compactMap { $0 }
        case "api": texts("listening")
        case _: []
        }
    }

    private var broker: [String] {
        var facts: [String] = []
        if let state = members["state"]?.string {
            let since = number("since_s").map { " for \(StatusReport.text($0))" } ?? ""
            facts.append(state + since)
        }
        // The reason may end with it.
        if let next = members["next_token"]?.string, reason?.hasSuffix(next) != true {
            facts.append("the next token is not taken: \(next)")
        }
        let refused = texts("refused_filters")
        if !refused.isEmpty {
            facts.append("refuses subscriptions to \(refused.joined(separator: ", "))")
        }
        return facts
    }

    private var store: [String] {
        var facts: [String] = []
        if let sequence = number("event_seq") { facts.append("event \(sequence)") }
        if let durability = members["durability"]?.string {
            facts.append("durability \(durability)")
        }
        if let excess = number("excess_bytes"), excess > 0 {
            facts.append("\(Self.size(excess)) more than it may have")
        }
        if members["shrinks"]?.bool == false { facts.append("its file cannot shrink") }
        if let phase = members["forgetting"]?.string { facts.append("forgetting: \(phase)") }
        return facts
    }

    private var mind: [String] {
        var facts = [
            count("rules", "rule", "rules"),
            number("alerts_firing").map { $0 == 1 ? "1 alert fires" : "\($0) alerts fire" },
        ].compactMap { $0 }
        if let holder = members["held_by"]?.string { facts.append("held by a \(holder)") }
        return facts
    }

    private func number(_ name: String) -> Int64? { members[name]?.int }

    private func texts(_ name: String) -> [String] {
        (members[name]?.array ?? []).compactMap(\.string)
    }

    private func count(_ name: String, _ one: String, _ many: String) -> String? {
        number(name).map { $0 == 1 ? "1 \(one)" : "\($0) \(many)" }
    }

    /// `41.3 MiB`
    static func size(_ bytes: Int64) -> String {
        let units: [(String, Int64)] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        guard let unit = units.first(where: { bytes >= $0.1 }) else { return "\(bytes) bytes" }
        let (whole, rest) = bytes.quotientAndRemainder(dividingBy: unit.1)
        return "\(whole).\(rest * 10 / unit.1) \(unit.0)"
    }
}
